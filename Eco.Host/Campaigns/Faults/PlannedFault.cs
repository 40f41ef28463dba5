using System.Globalization;

namespace Eco.Host.Campaigns.Faults;

/// <summary>One fault of a plan; as text <c>at=12000 kind=Cut target=edge-3 for=4000</c>.</summary>
/// <param name="At">When, in virtual milliseconds from the start of the safety phase.</param>
/// <param name="Kind">What.</param>
/// <param name="Target">The host.</param>
/// <param name="For">How long, in milliseconds; 0 where it happens at once.</param>
/// <param name="Amount">How much: percent, seconds or an ordinal, as the kind has it.</param>
/// <param name="Detail">A second host, or a crash point; empty where there is none.</param>
internal sealed record PlannedFault(long At, FaultKind Kind, string Target, long For, long Amount = 0, string Detail = "")
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"at={At} kind={Kind} target={Target} for={For} amount={Amount}{(Detail.Length == 0 ? string.Empty : " detail=" + Detail)}");

    /// <summary>Reads the text of a fault.</summary>
    /// <exception cref="FormatException">It is none; the message says what is wrong.</exception>
    public static PlannedFault Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string field in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = field.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !fields.TryAdd(field[..equals], field[(equals + 1)..]))
            {
                throw new FormatException($"'{field}' is not name=value, or stands there twice");
            }
        }

        return Enum.TryParse(Text("kind"), out FaultKind kind) && Enum.IsDefined(kind)
            ? new PlannedFault(Number("at"), kind, Text("target"), Number("for"), Number("amount"), fields.GetValueOrDefault("detail", string.Empty))
            : throw new FormatException($"'{Text("kind")}' is no kind of fault; there are {string.Join(", ", Enum.GetNames<FaultKind>())}");

        string Text(string name) => fields.TryGetValue(name, out string? value) ? value : throw new FormatException($"'{name}=' is missing");

        long Number(string name) => long.TryParse(Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw new FormatException($"'{name}={fields[name]}' is no whole number");
    }
}
