using Quartz;

namespace Eco.Actors.Ions.Language;

/// <summary>
/// When a scheduled node fires. A pure function of the schedule and an instant, in UTC: after a restart the same firings follow, and none depends on
/// when the agent was started.
/// </summary>
public static class IonSchedule
{
    private const int UnixFields = 5;
    private const int LongestCron = 120;

    /// <summary>The first firing after an instant; null when there is none.</summary>
    /// <param name="run">A mode of the kind <see cref="RunKind.Schedule"/>. Intervals are counted from the beginning of 1970.</param>
    /// <param name="instant">The firing is later than this.</param>
    /// <exception cref="ArgumentException">The mode is no schedule, or its cron expression is none.</exception>
    public static DateTimeOffset? NextAfter(RunMode run, DateTimeOffset instant)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (run.Kind != RunKind.Schedule)
        {
            throw new ArgumentException($"A node that runs {IonText.Run(run)} has no schedule.", nameof(run));
        }

        if (run.Cron is { } cron)
        {
            return Parse(cron, out string? problem)?.GetNextValidTimeAfter(instant.ToUniversalTime())
                ?? (problem is null ? null : throw new ArgumentException($"The cron expression {problem}.", nameof(run)));
        }

        if (run.Every <= TimeSpan.Zero)
        {
            throw new ArgumentException("The interval of a schedule is greater than 0.", nameof(run));
        }

        long since = instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        long periods = (since - (((since % run.Every.Ticks) + run.Every.Ticks) % run.Every.Ticks)) / run.Every.Ticks;
        long left = DateTimeOffset.MaxValue.UtcTicks - DateTimeOffset.UnixEpoch.Ticks - (periods * run.Every.Ticks);
        return left < run.Every.Ticks ? null : DateTimeOffset.UnixEpoch.AddTicks((periods + 1) * run.Every.Ticks);
    }

    /// <summary>What is wrong with a cron expression, or null.</summary>
    internal static string? CheckCron(string cron)
    {
        var expression = Parse(cron, out string? problem);
        return expression is null ? problem
            : expression.GetNextValidTimeAfter(DateTimeOffset.UnixEpoch) is null ? $"'{cron}' never fires"
            : null;
    }

    private static CronExpression? Parse(string cron, out string? problem)
    {
        problem = null;
        int fields = cron.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Length;
        if (cron.Length > LongestCron || fields is < UnixFields or > UnixFields + 1)
        {
            problem = $"has {fields} fields, not 5, or 6 with seconds in front";
            return null;
        }

        try
        {
            return CronExpression.Parse(cron, fields == UnixFields ? CronFormat.Unix : CronFormat.Quartz).WithTimeZone(TimeZoneInfo.Utc);
        }
        catch (FormatException e)
        {
            problem = $"'{cron}' is not a cron expression: {e.Message.TrimEnd('.')}";
            return null;
        }
    }
}
