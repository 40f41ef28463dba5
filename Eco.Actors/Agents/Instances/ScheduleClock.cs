using Eco.Actors.Ions;
using Eco.Actors.Ions.Language;

namespace Eco.Actors.Agents.Instances;

/// <summary>When a schedule fires next, with what was missed: a pure function, evaluated at the agent so that it survives disconnection.</summary>
public static class ScheduleClock
{
    /// <summary>So many firings that are left out are counted; more count as so many.</summary>
    public const int CountedAtMost = 10_000;

    /// <summary>The next firing.</summary>
    /// <param name="mode">The schedule.</param>
    /// <param name="last">The last firing; null if there was none.</param>
    /// <param name="now">The present time.</param>
    /// <param name="afterRun">Whether firings were missed because a run went on, and not because the agent was down.</param>
    /// <returns>
    /// The firing (null if there will be none; it may lie in the past), and how many before it are left out: firings missed while the agent was down, or while a run
    /// went on under <see cref="OverlapPolicy.Queue"/>, collapse into one; under <see cref="OverlapPolicy.Skip"/> a run that goes on swallows them.
    /// </returns>
    public static (DateTimeOffset? At, int Skipped) Next(RunMode mode, DateTimeOffset? last, DateTimeOffset now, bool afterRun)
    {
        ArgumentNullException.ThrowIfNull(mode);
        DateTimeOffset? at = IonSchedule.NextAfter(mode, last ?? now);
        int skipped = 0;
        while (at is { } missed && skipped < CountedAtMost && IonSchedule.NextAfter(mode, missed) is { } following && following <= now)
        {
            at = following;
            skipped++;
        }

        if (skipped == CountedAtMost)
        {
            at = LastUpTo(mode, now);
        }

        return at is { } due && due <= now && afterRun && mode.Overlap == OverlapPolicy.Skip
            ? (IonSchedule.NextAfter(mode, now), skipped + 1)
            : (at, skipped);
    }

    // Only called when there were firings before: looks back twice as far each time until it sees one.
    private static DateTimeOffset LastUpTo(RunMode mode, DateTimeOffset now)
    {
        TimeSpan back = TimeSpan.FromSeconds(1);
        DateTimeOffset? last = IonSchedule.NextAfter(mode, now - back);
        while (last is null || last > now)
        {
            back *= 2;
            last = IonSchedule.NextAfter(mode, now - back);
        }

        while (IonSchedule.NextAfter(mode, last.Value) is { } following && following <= now)
        {
            last = following;
        }

        return last.Value;
    }
}
