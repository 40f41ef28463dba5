using System.Collections.Immutable;
using Eco.Runtime.Cluster;

namespace Eco.Actors.Agents;

/// <summary>Event: a report waits at the agent, since as many are on their way to the server as may be.</summary>
public sealed record WaitingReportQueued(AgentReport Report);

/// <summary>Event: a waiting report was made moot by a later one; it will never be sent.</summary>
/// <param name="Ion">The ION.</param>
/// <param name="Node">The ION node.</param>
/// <param name="Report">What it was, as its type is sent: <c>model-emitted</c>, <c>instance</c>.</param>
/// <param name="Position">Its place among those that wait at that moment.</param>
public sealed record WaitingReportSuperseded(string Ion, string Node, string Report, int Position);

/// <summary>Event: the oldest waiting reports wait no longer: they were sent.</summary>
public sealed record WaitingReportsReleased(int Count);

/// <summary>
/// Bounds what an agent without a connection keeps for the server. So many reports are under way; the rest wait without a number, and of those that say the same of the same only the newest is kept:
/// the server is told how things are, and how many models were left out on the way. The mirror image of what waits at the proxy. Pure functions.
/// </summary>
internal static class WaitingReports
{
    /// <summary>So many notices of a component wait; of more, the oldest go.</summary>
    public const int NoticesOfAComponent = 16;

    /// <summary>Sends a report, or queues it behind those that wait.</summary>
    public static Decision Take(AgentState state, AgentReport report, string proxy, int underWay, int atMost)
    {
        if (state.Waiting is null && underWay < atMost)
        {
            return Decision.Nothing.Send(proxy, report);
        }

        Decision decision = Decision.Nothing;
        ImmutableArray<AgentReport> waiting = state.Waiting ?? [];
        foreach (int position in MootBy(report, waiting))
        {
            AgentReport moot = waiting[position];
            decision = decision.And(new WaitingReportSuperseded(moot.Ion, moot.Node, NameOf(moot), position));
            if (moot is ModelEmitted older && report is ModelEmitted newer)
            {
                report = newer with { LeftOut = newer.LeftOut + older.LeftOut + 1 };
            }
        }

        return decision.And(new WaitingReportQueued(report));
    }

    /// <summary>Sends the oldest of those that wait, as far as there is room.</summary>
    public static Decision Release(AgentState state, string proxy, int underWay, int atMost)
    {
        ImmutableArray<AgentReport> waiting = state.Waiting ?? [];
        int count = Math.Min(waiting.Length, atMost - underWay);
        return count <= 0
            ? Decision.Nothing
            : waiting[..count].Aggregate(Decision.Of(new WaitingReportsReleased(count)), (decision, report) => decision.Send(proxy, report));
    }

    // The last one first, so that each position holds until it is its turn. What a run brought, and what became of a delivered model, somebody waits for: they are as many as the server has asked for.
    private static IEnumerable<int> MootBy(AgentReport later, ImmutableArray<AgentReport> waiting)
    {
        int notices = 1;
        for (int i = waiting.Length - 1; i >= 0; i--)
        {
            AgentReport earlier = waiting[i];
            if (earlier.Ion == later.Ion && earlier.Node == later.Node && (later, earlier) switch
            {
                (ModelEmitted { RunId: 0 } newer, ModelEmitted { RunId: 0 } older) => newer.Component == older.Component,
                (InstanceReported, InstanceReported) => true,
                (SnapshotTaken, SnapshotTaken) => true,
                (StatisticsBrought newer, StatisticsBrought older) => newer.Component == older.Component,
                (NoticeRaised newer, NoticeRaised older) => newer.Component == older.Component && ++notices > NoticesOfAComponent,
                _ => false,
            })
            {
                yield return i;
            }
        }
    }

    private static string NameOf(AgentReport report) => report switch
    {
        ModelEmitted => "model-emitted",
        InstanceReported => "instance",
        SnapshotTaken => "snapshot-taken",
        StatisticsBrought => "statistics",
        NoticeRaised => "notice",
        _ => throw new InvalidOperationException($"a {report.GetType().Name} is never superseded"),
    };
}
