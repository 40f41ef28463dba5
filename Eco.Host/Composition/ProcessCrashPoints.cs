using System.Diagnostics;
using System.Globalization;
using Eco.Runtime.Dispatch;

namespace Eco.Host.Composition;

/// <summary>
/// Kills this process at a named place, as a power cut would, for the fault tests: <c>ECO_CRASH_AT=point[@detail][:n]</c>, for instance
/// <c>journal.afterCommit@merge.round-opened:2</c> for the second commit of a round's opening. Without the variable nothing is done.
/// </summary>
internal sealed class ProcessCrashPoints : ICrashPoints
{
    /// <summary>The environment variable.</summary>
    public const string Variable = "ECO_CRASH_AT";

    /// <summary>What a process writes to its standard error stream before it ends at a point, followed by <c>point@detail</c>.</summary>
    public const string Notice = "eco: ends itself at ";

    private readonly string _point;
    private readonly string _detail;
    private int _remaining;

    private ProcessCrashPoints(string point, string detail, int occurrence)
    {
        _point = point;
        _detail = detail;
        _remaining = occurrence;
    }

    /// <summary>Reads the variable's value.</summary>
    /// <param name="value">The value; null or empty for none.</param>
    /// <exception cref="FormatException">The value has another form.</exception>
    public static ICrashPoints Parse(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return ICrashPoints.None;
        }

        int occurrence = 1;
        string place = value;
        int colon = value.LastIndexOf(':');
        if (colon >= 0)
        {
            place = value[..colon];
            if (!int.TryParse(value.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out occurrence) || occurrence < 1)
            {
                throw new FormatException($"{Variable}='{value}' is not of the form point[@detail][:n] with n from 1");
            }
        }

        string[] parts = place.Split('@', 2);
        return new ProcessCrashPoints(parts[0], parts.Length == 2 ? parts[1] : string.Empty, occurrence);
    }

    public void Reached(string point, string detail)
    {
        if (point == _point
            && detail.StartsWith(_detail, StringComparison.Ordinal)
            && Interlocked.Decrement(ref _remaining) == 0)
        {
            // Said first, so that whoever looks for a reason finds it. SIGKILL: no handler runs, nothing is flushed.
            Console.Error.WriteLine($"{Notice}{point}@{detail}");
            using Process self = Process.GetCurrentProcess();
            self.Kill();
            Thread.Sleep(Timeout.Infinite);
        }
    }
}
