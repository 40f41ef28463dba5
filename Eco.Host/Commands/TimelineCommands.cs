using System.CommandLine;
using System.Globalization;
using Eco.Actors.Console;
using Eco.Actors.Timeline.Sql;
using Eco.Host.Output;

namespace Eco.Host.Commands;

/// <summary>Verbs about what happened.</summary>
internal static class TimelineCommands
{
    public static Command Build(VerbBuilder builder)
    {
        var ion = new Option<string?>("--ion") { HelpName = "ION", Description = "Only this ION" };
        var agent = new Option<string?>("--agent") { HelpName = "ID", Description = "Only this agent" };
        var since = new Option<string?>("--since") { HelpName = "TIME", Description = "From a time (2026-03-01T12:00:00Z) or from so long ago (90s, 15m, 2h, 7d)" };
        var limit = new Option<string?>("--limit") { HelpName = "N", Description = $"At most the newest N (default: {TimelineReader.DefaultEventLimit})" };
        return builder.Verb(
            "timeline",
            "Tells what happened, in causal order",
            [ion, agent, since, limit, Rebuild(builder)],
            async scope =>
            {
                string? limitText = scope.Parsed.GetValue(limit);
                var (json, events) = await scope.Host.AskAsync(
                    ConsoleVerbs.Timeline,
                    Arguments.Of(
                        ("ion", scope.Parsed.GetValue(ion)),
                        ("agent", scope.Parsed.GetValue(agent)),
                        ("since", Since(scope.Parsed.GetValue(since), scope.Services.Time)),
                        ("limit", limitText)),
                    null,
                    ConsoleJson.Default.ImmutableArrayEventView,
                    scope.Cancellation).ConfigureAwait(false);
                if (scope.Output.Format == OutputFormat.Json)
                {
                    scope.Output.Json(json);
                    return ExitCodes.Success;
                }

                scope.Output.Table(Tables.Events(events), "nothing happened");
                if (limitText is null && events.Length == TimelineReader.DefaultEventLimit)
                {
                    scope.Output.Note($"these are the newest {events.Length}; --limit N shows more");
                }

                return ExitCodes.Success;
            });
    }

    /// <summary>A time, or a duration before now, as ISO 8601.</summary>
    internal static string? Since(string? text, TimeProvider time)
    {
        if (text is null)
        {
            return null;
        }

        if (text.Length > 1
            && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double amount)
            && SecondsPer(text[^1]) is { } seconds
            && amount * seconds < TimeSpan.FromDays(36_500).TotalSeconds)
        {
            return (time.GetUtcNow() - TimeSpan.FromSeconds(amount * seconds)).ToString("O", CultureInfo.InvariantCulture);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset from)
            ? from.ToString("O", CultureInfo.InvariantCulture)
            : throw new CommandException(
                ConsoleErrorCodes.Usage,
                $"--since '{text}' is neither a time nor a duration",
                "for instance: --since 2026-03-01T12:00:00Z, or --since 15m");
    }

    private static double? SecondsPer(char unit) => unit switch
    {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => null,
    };

    private static Command Rebuild(VerbBuilder builder) => builder.Verb(
        "rebuild",
        "Makes the timeline anew from the journal",
        [],
        async scope =>
        {
            var (json, rebuilt) = await scope.Host
                .AskAsync(ConsoleVerbs.TimelineRebuild, Arguments.None, null, ConsoleJson.Default.RebuildView, scope.Cancellation).ConfigureAwait(false);
            if (scope.Output.Format == OutputFormat.Json)
            {
                scope.Output.Json(json);
            }
            else
            {
                scope.Output.Line($"rebuilt from {Plain.Number(rebuilt.Events)} events");
            }

            return ExitCodes.Success;
        });
}
