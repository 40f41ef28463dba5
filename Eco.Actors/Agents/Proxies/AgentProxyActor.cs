using System.Collections.Immutable;
using System.Globalization;
using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Statistics;
using Microsoft.Extensions.Logging;

namespace Eco.Actors.Agents.Proxies;

/// <summary>
/// The server's entity for one agent: joins and incarnations, commands in flight and waiting, reachability, and the agent's statistics on
/// their way into the store. An agent talks to nobody else.
/// </summary>
public sealed partial class AgentProxyActor : EntityActor<AgentProxyState>
{
    private const string Prefix = "proxy/";
    private readonly AgentOptions _options;
    private readonly IStatisticsStore _statistics;
    private readonly string? _artifactsAt;
    private readonly Dictionary<long, IActorRef> _statusAskers = [];
    private long _correlation;
    private long _formerRequests;
    private readonly ILogger _logger;
    private long _lastHeard;
    private bool _wasHeard;
    private string? _where;
    private string? _since;
    private string? _lastRefused;

    /// <summary>Makes the entity.</summary>
    public AgentProxyActor(string entityId, AgentOptions options, IStatisticsStore statistics, string? artifactsAt = null)
        : base(entityId, AgentProxyState.Empty)
    {
        _options = options;
        _statistics = statistics;
        _artifactsAt = artifactsAt;
        _logger = Context.System.LoggerFactory.CreateLogger<AgentProxyActor>();
    }

    private string Agent => PersistenceId[Prefix.Length..];

    private string AgentEntity => AgentActor.IdOf(Agent, State.Incarnation);

    /// <summary>The entity id of an agent's proxy.</summary>
    public static string IdOf(string agent) => Prefix + agent;

    /// <summary>The agent whose proxy an entity is; null for another entity.</summary>
    public static string? AgentOf(string entityId)
    {
        ArgumentNullException.ThrowIfNull(entityId);
        return entityId.StartsWith(Prefix, StringComparison.Ordinal) ? entityId[Prefix.Length..] : null;
    }

    /// <inheritdoc/>
    protected override Decision Decide(object command, string? from) =>
        command is AgentReport && from != AgentEntity
            ? Decision.Nothing // A former installation's last words: its nodes start again with the new one.
            : State.Decide(Agent, command, State.Incarnation == 0 ? 0 : OutstandingTo(AgentEntity));

    /// <inheritdoc/>
    protected override AgentProxyState Apply(AgentProxyState state, object @event) => state.Apply(@event);

    /// <inheritdoc/>
    protected override void OnReady()
    {
        _lastHeard = Context.System.TimeProvider.GetTimestamp();
        AbandonFormer(State.Incarnation);
        Timers.StartPeriodicTimer(nameof(CheckReachable), CheckReachable.Instance, _options.HeartbeatEvery);
        Timers.StartPeriodicTimer(nameof(AskStatus), AskStatus.Instance, _options.StatusEvery);
        Self.Tell(ReleaseCommands.Instance, Self);
        if (_artifactsAt is not null)
        {
            // The partition may come from a server that is gone; the agent's transfers shall not look for that one until the next regular question.
            RequestStatus(null);
        }
    }

    /// <inheritdoc/>
    protected override void OnCommitted(object @event)
    {
        if (@event is AgentJoined joined)
        {
            _formerRequests = _correlation;
            AbandonFormer(joined.Incarnation);
            Self.Tell(ReleaseCommands.Instance, Self);
        }
    }

    /// <inheritdoc/>
    protected override void OnReceiverCaughtUp(string receiver)
    {
        if (!State.Queue.IsEmpty)
        {
            Self.Tell(ReleaseCommands.Instance, Self);
        }
    }

    /// <inheritdoc/>
    protected override bool OnMessage(object message)
    {
        switch (message)
        {
            case VolatileDelivery delivery:
                OnVolatile(delivery);
                return true;
            case CheckReachable:
                // On the monotonic clock: a date that jumps must not make an agent unreachable, nor hide that it is.
                TimeSpan silence = Context.System.TimeProvider.GetElapsedTime(_lastHeard);
                if (State.Reachable && silence >= _options.UnreachableAfter)
                {
                    Execute(new NoteUnreachable(
                        (Context.System.TimeProvider.GetUtcNow() - silence).ToString("O", CultureInfo.InvariantCulture)));
                }

                return true;
            case AskStatus:
                RequestStatus(null);
                return true;
            case QueryStatus:
                RequestStatus(Sender);
                return true;
            case StatisticsIngested ingested when ingested.CorrelationId <= _formerRequests:
                // Of a former installation: its numbers mean nothing to the present one.
                return true;
            case StatisticsIngested ingested:
                Router.Tell(
                    new PostVolatile(PersistenceId, AgentEntity, new StatisticsStored(State.Incarnation, ingested.UpTo)), Self);
                return true;
            case StatisticsFailed failed:
                // The agent keeps them and sends them again.
                Context.System.EventStream.Publish(failed);
                return true;
            default:
                return false;
        }
    }

    private void AbandonFormer(long incarnation)
    {
        for (long former = 1; former < incarnation; former++)
        {
            AbandonMessagesTo(AgentActor.IdOf(Agent, former));
        }
    }

    private void OnVolatile(VolatileDelivery delivery)
    {
        if (delivery.From == AgentEntity || (delivery.Message is JoinRequested asked && asked.InstallId == State.InstallId))
        {
            _lastHeard = Context.System.TimeProvider.GetTimestamp();
            _wasHeard = true;
        }

        switch (delivery.Message)
        {
            case JoinRequested join:
                Join(delivery.From, join);
                break;
            case Heartbeat heartbeat when heartbeat.Incarnation < State.Incarnation:
                // Cut off for long, it was replaced, and does not know.
                Router.Tell(new PostVolatile(PersistenceId, delivery.From, new RejoinRequested(heartbeat.Incarnation)), Self);
                break;
            case Heartbeat heartbeat when heartbeat.Incarnation == State.Incarnation:
                Execute(NoteReachable.Instance);
                break;
            case StatisticsReported report when report.Incarnation == State.Incarnation:
                Ingest(report);
                break;
            case StatusReported status:
                if (_statusAskers.Remove(status.RequestId, out IActorRef? asker))
                {
                    asker.Tell(status);
                }

                break;
        }
    }

    private void Join(string from, JoinRequested join)
    {
        TimeSpan silence = Context.System.TimeProvider.GetElapsedTime(_lastHeard);
        bool isNew = join.InstallId != State.InstallId;
        if (isNew && State.Incarnation > 0 && silence < _options.UnreachableAfter)
        {
            Refuse(from, join, silence);
            return;
        }

        if (isNew || _where != join.Where)
        {
            _lastHeard = Context.System.TimeProvider.GetTimestamp();
            _wasHeard = true;
            _where = join.Where;
            _since = Context.System.TimeProvider.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        }

        ExecuteThen(join, reply => Router.Tell(
            new PostVolatile(PersistenceId, from, reply is JoinAccepted accepted ? accepted with { ArtifactsAt = _artifactsAt } : reply), Self));
    }

    // Two installations of one name would take each other's commands. Which one is the right one only a person knows: the one that is there stays.
    private void Refuse(string from, JoinRequested join, TimeSpan silence)
    {
        if (_wasHeard && _lastRefused != join.InstallId)
        {
            _lastRefused = join.InstallId;
            SecondInstallation(Agent, join.Where ?? "an unknown process", State.Incarnation, _where ?? "an unknown process");
        }

        Router.Tell(
            new PostVolatile(PersistenceId, from, new JoinRefused(
                join.InstallId,
                State.Incarnation,
                (_options.UnreachableAfter - silence).TotalSeconds,
                _wasHeard ? silence.TotalSeconds : null,
                _where,
                _since)),
            Self);
    }

    private void Ingest(StatisticsReported report)
    {
        ImmutableArray<StatisticsRow>.Builder rows = ImmutableArray.CreateBuilder<StatisticsRow>(report.Rows.Length);
        long number = report.FirstSequenceNr - 1;
        foreach (StatisticRow row in report.Rows)
        {
            if (row.N < 0 || row.N >= report.Names.Length)
            {
                return;
            }

            number += 1 + row.G;
            StatisticName name = report.Names[row.N];
            rows.Add(new StatisticsRow(number, name.Ion, name.Node, Agent, name.Name, row.V, new HybridTimestamp(row.T, 0, Agent)));
            Context.System.EventStream.Publish(new StatisticSeen(name.Ion, name.Node, Agent, name.Name, row.V, row.T));
        }

        _statistics.Ingest(
            new IngestStatistics(++_correlation, Agent, report.Incarnation, report.Dropped, rows.MoveToImmutable()) { Usage = report.Buffer }, Self);
    }

    private void RequestStatus(IActorRef? asker)
    {
        if (State.Incarnation == 0)
        {
            asker?.Tell(new StatusReported(0, Agent, []));
            return;
        }

        long request = ++_correlation;
        _statusAskers.Clear();
        if (asker is not null)
        {
            _statusAskers[request] = asker;
        }

        Router.Tell(new PostVolatile(PersistenceId, AgentEntity, new StatusRequested(request, _artifactsAt)), Self);
    }

    private sealed record CheckReachable
    {
        public static CheckReachable Instance { get; } = new();
    }

    private sealed record AskStatus
    {
        public static AskStatus Instance { get; } = new();
    }
}

/// <summary>
/// To a proxy: ask the agent for its status now. To an agent's identity, on its own host: say what it is. Answered with
/// <see cref="StatusReported"/> if the agent is there.
/// </summary>
public sealed record QueryStatus;

/// <summary>On the event stream: a statistic has come in.</summary>
/// <param name="Ion">The ION.</param>
/// <param name="Node">The node.</param>
/// <param name="Agent">The agent.</param>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
/// <param name="UnixMilliseconds">When.</param>
public sealed record StatisticSeen(string Ion, string Node, string Agent, string Name, double Value, long UnixMilliseconds);
