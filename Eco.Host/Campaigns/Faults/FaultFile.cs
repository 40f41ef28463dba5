using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Eco.Host.Output;

namespace Eco.Host.Campaigns.Faults;

/// <summary>
/// A plan as a file: the seed and the scenario, from which all settings follow, then a fault in each line. What stands behind <c>#</c> is for
/// people: the broken promise, the commit, the settings.
/// </summary>
internal static class FaultFile
{
    /// <summary>The ending of such files.</summary>
    public const string Extension = ".faults";

    /// <summary>Writes a plan.</summary>
    public static string Write(CampaignPlan plan, string? failure)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var text = new StringBuilder();
        if (failure is not null)
        {
            text.Append("# ").AppendLine(failure.ReplaceLineEndings(" "));
        }

        text.Append("# commit ").AppendLine(BuildInfo.Commit);
        foreach ((string name, string value) in plan.Settings.Lines)
        {
            text.Append(CultureInfo.InvariantCulture, $"# {name} = {value}").AppendLine();
        }

        text.Append(CultureInfo.InvariantCulture, $"seed {plan.Settings.Seed}").AppendLine();
        text.Append(CultureInfo.InvariantCulture, $"scenario {plan.Settings.Scenario}").AppendLine();
        foreach (PlannedFault fault in plan.Faults)
        {
            text.Append("fault ").AppendLine(fault.ToString());
        }

        return text.ToString();
    }

    /// <summary>Reads a plan.</summary>
    /// <exception cref="FormatException">The text is none; the message names the line.</exception>
    public static CampaignPlan Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ulong? seed = null;
        CampaignScenario? scenario = null;
        ImmutableArray<PlannedFault>.Builder faults = ImmutableArray.CreateBuilder<PlannedFault>();
        foreach ((int index, string raw) in text.Split('\n').Index())
        {
            string line = raw.Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            int space = line.IndexOf(' ', StringComparison.Ordinal);
            (string word, string rest) = space < 0 ? (line, string.Empty) : (line[..space], line[(space + 1)..]);
            try
            {
                switch (word)
                {
                    case "seed":
                        seed = ulong.Parse(rest, NumberStyles.None, CultureInfo.InvariantCulture);
                        break;
                    case "scenario":
                        scenario = CampaignScenario.All.FirstOrDefault(known => known.Name == rest)
                            ?? throw new FormatException($"there is no scenario '{rest}'");
                        break;
                    case "fault":
                        faults.Add(PlannedFault.Parse(rest));
                        break;
                    default:
                        throw new FormatException($"'{word}' is none of seed, scenario and fault");
                }
            }
            catch (Exception e) when (e is FormatException or OverflowException)
            {
                throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"line {index + 1}: {e.Message}"), e);
            }
        }

        return seed is { } given && scenario is not null
            ? new CampaignPlan(CampaignSettings.Derive(given, scenario), faults.ToImmutable())
            : throw new FormatException("it names no seed, or no scenario");
    }
}
