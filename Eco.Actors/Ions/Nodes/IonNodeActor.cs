using Eco.Actors.Ions.Rounds;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence.Statistics;

namespace Eco.Actors.Ions.Nodes;

/// <summary>
/// The server's entity for one ION node: mapping, status, policies, and, where the node merges, the rounds. The arithmetic of a merge runs
/// on an agent, which gets models and returns one result, accepted once by round id.
/// </summary>
public sealed class IonNodeActor : EntityActor<IonNodeState>
{
    private readonly IStatisticsStore _statistics;
    private long _correlation;

    /// <summary>Makes the entity.</summary>
    public IonNodeActor(string entityId, IStatisticsStore statistics)
        : base(entityId, IonNodeState.Empty) => _statistics = statistics;

    /// <summary>The entity id of an ION's node.</summary>
    public static string IdOf(string ion, string node) => $"ion/{ion}/{node}";

    /// <inheritdoc/>
    protected override Decision Decide(object command, string? from) => IonNodeDecisions.Decide(State, command, Clock.Now());

    /// <inheritdoc/>
    protected override IonNodeState Apply(IonNodeState state, object @event) => state.Apply(@event);

    /// <inheritdoc/>
    protected override void OnReady()
    {
        if (State.Rounds.Open is { Overdue: false } open)
        {
            // How long the round was open before the restart is not known; its members get the full time again.
            StartDeadline(open.Round);
        }

        foreach (long version in State.Waiting.Keys)
        {
            AskGate(version);
        }
    }

    /// <inheritdoc/>
    protected override void OnCommitted(object @event)
    {
        switch (@event)
        {
            case RoundOpened opened:
                StartDeadline(opened.Round);
                break;
            case RoundClosed closed:
                Timers.Cancel(closed.Round);
                break;
            case RoundVoided voided:
                Timers.Cancel(voided.Round);
                break;
            case ModelHeld held:
                AskGate(held.Model.Version);
                break;
        }
    }

    private readonly Dictionary<long, long> _measuring = [];

    /// <inheritdoc/>
    protected override bool OnMessage(object message)
    {
        switch (message)
        {
            case StatisticsLatest latest when _measuring.Remove(latest.CorrelationId, out long version):
                double[] values = [.. latest.Rows.Select(row => row.Value)];
                Execute(new GateMeasured(version, values.Length == 0 ? null : values.Average()));
                return true;
            case StatisticsFailed failed when _measuring.Remove(failed.CorrelationId, out long version):
                Execute(new GateMeasured(version, null));
                return true;
            default:
                return false;
        }
    }

    private void StartDeadline(long round)
    {
        if (State.Configuration?.Definition.Pipeline?.Rounds is { } rules)
        {
            Timers.StartSingleTimer(round, new RoundDeadlinePassed(round), rules.Deadline);
        }
    }

    private void AskGate(long version)
    {
        if (State.Configuration is { Definition.Policy.Gate: { } gate } configuration)
        {
            long correlation = ++_correlation;
            _measuring[correlation] = version;
            _statistics.Latest(new QueryLatestStatistics(correlation, configuration.Ion, gate.Node, gate.Statistic), Self);
        }
    }
}
