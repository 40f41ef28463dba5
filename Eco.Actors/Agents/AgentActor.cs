using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Eco.Actors.Agents.Instances;
using Eco.Actors.Agents.Proxies;
using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Statistics;

namespace Eco.Actors.Agents;

/// <summary>Event: a node is on this agent.</summary>
public sealed record NodePlaced(string Ion, string Node);

/// <summary>Event: a node is no longer on this agent.</summary>
public sealed record NodeRemoved(string Ion, string Node);

/// <summary>Event: the installation has a newer incarnation; this one has nothing to run and nothing to say any more.</summary>
public sealed record IncarnationRetired(long By);

/// <summary>The nodes on this agent, as <c>ion/node</c>.</summary>
/// <param name="Nodes">The nodes.</param>
/// <param name="IsRetired">Whether the installation has a newer incarnation.</param>
/// <param name="Waiting">Reports that wait until fewer are under way; null for none.</param>
public sealed record AgentState(
    ImmutableSortedSet<string> Nodes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsRetired = false,
    ImmutableArray<AgentReport>? Waiting = null)
{
    /// <summary>Before any event.</summary>
    public static AgentState Empty { get; } = new(ImmutableSortedSet.Create<string>(StringComparer.Ordinal));

    /// <summary>The state after a fact.</summary>
    public AgentState Apply(object @event) => @event switch
    {
        NodePlaced e => this with { Nodes = Nodes.Add($"{e.Ion}/{e.Node}") },
        NodeRemoved e => this with { Nodes = Nodes.Remove($"{e.Ion}/{e.Node}") },
        IncarnationRetired => this with { IsRetired = true, Waiting = null },
        WaitingReportQueued e => this with { Waiting = [.. Waiting ?? [], e.Report] },
        WaitingReportSuperseded e => this with { Waiting = WithoutEmpty(Waiting!.Value.RemoveAt(e.Position)) },
        WaitingReportsReleased e => this with { Waiting = WithoutEmpty(Waiting!.Value.RemoveRange(0, e.Count)) },
        _ => this,
    };

    private static ImmutableArray<AgentReport>? WithoutEmpty(ImmutableArray<AgentReport> waiting) => waiting.IsEmpty ? null : waiting;
}

/// <summary>
/// The agent's mouth and ear: takes the server's commands in order and hands each to its node's instance, passes the instances' reports on,
/// says that it is alive, and sends statistics until they are acknowledged.
/// </summary>
public sealed class AgentActor : EntityActor<AgentState>
{
    private const int StatisticsBatch = 500;
    private readonly AgentOptions _options;
    private readonly IStatisticsStore _statistics;
    private readonly IArtifactTransfer _transfer;
    private readonly string _agent;
    private readonly long _incarnation;
    private readonly SortedDictionary<string, InstanceStatus> _statuses = new(StringComparer.Ordinal);
    private long _correlation;
    private long _dropped;
    private StatisticsUsage? _usageSent;
    private StatisticsUsage? _usageKnown;
    private bool _onDuty;

    /// <summary>Makes the entity.</summary>
    /// <param name="entityId"><c>agent/id/incarnation</c>.</param>
    /// <param name="options">How it keeps in touch.</param>
    /// <param name="statistics">The agent's bounded store.</param>
    /// <param name="transfer">The way of large models, which is told which server to use.</param>
    public AgentActor(string entityId, AgentOptions options, IStatisticsStore statistics, IArtifactTransfer transfer)
        : base(entityId, AgentState.Empty)
    {
        _options = options;
        _statistics = statistics;
        _transfer = transfer;
        string[] parts = entityId.Split('/');
        _agent = parts[1];
        _incarnation = long.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture);
    }

    private string Proxy => AgentProxyActor.IdOf(_agent);

    /// <summary>The entity id of an agent's incarnation.</summary>
    public static string IdOf(string agent, long incarnation) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"agent/{agent}/{incarnation}");

    /// <inheritdoc/>
    protected override Decision Decide(object command, string? from)
    {
        switch (command)
        {
            case DeployNode deploy:
                return Decision.Of(new NodePlaced(deploy.Ion, deploy.Node)).Send(InstanceOf(deploy), deploy);
            case UndeployNode undeploy:
                return Decision.Of(new NodeRemoved(undeploy.Ion, undeploy.Node)).Send(InstanceOf(undeploy), undeploy);
            case AgentCommand other:
                return Decision.Nothing.Send(InstanceOf(other), other);
            case AgentReport when State.IsRetired:
                return Decision.Nothing;
            case AgentReport report:
                return WaitingReports.Take(State, report, Proxy, OutstandingTo(Proxy), _options.MaxReportsUnderWay);
            case ReleaseReports:
                return WaitingReports.Release(State, Proxy, OutstandingTo(Proxy), _options.MaxReportsUnderWay);
            case ForgetBelow forget:
                return Decision.Nothing with { ForgetsUpTo = forget.Snapshot };
            case IncarnationReplaced replaced:
                return Retire(replaced);
            default:
                throw new InvalidOperationException($"{command.GetType().Name} is no command of an agent");
        }
    }

    /// <inheritdoc/>
    protected override AgentState Apply(AgentState state, object @event) => state.Apply(@event);

    /// <inheritdoc/>
    protected override void OnCommitted(object @event)
    {
        if (@event is IncarnationRetired)
        {
            _onDuty = false;
            Timers.Cancel(nameof(Beat));
            Timers.Cancel(nameof(Report));
            AbandonMessagesTo(Proxy);
        }
    }

    /// <inheritdoc/>
    protected override void OnReceiverCaughtUp(string receiver)
    {
        if (State.Waiting is not null)
        {
            Self.Tell(ReleaseReports.Instance, Self);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Nobody but this entity ever needs its events.</remarks>
    protected override void OnSnapshotSaved(long sequenceNr) => Execute(new ForgetBelow(sequenceNr));

    /// <inheritdoc/>
    protected override void OnReady()
    {
        if (State.Waiting is not null)
        {
            Self.Tell(ReleaseReports.Instance, Self);
        }

        // A late message to a former installation's incarnation wakes an actor of that name here. Only the installation's own may speak for
        // it, and take the server's word for statistics: that word meant numbers of another disk.
        Router.Tell(new ToEntity(AgentIdentityActor.IdOf(_agent), new AskDuty(_incarnation)), Self);
    }

    /// <inheritdoc/>
    protected override bool OnMessage(object message)
    {
        switch (message)
        {
            case OnDuty duty when duty.Incarnation == _incarnation:
                StartDuty();
                return true;
            case OnDuty or Status.Failure:
                return true;
            case Beat:
                Tell(new Heartbeat(_incarnation, _dropped));
                return true;
            case Report:
                _statistics.ReadAfter(new ReadStatisticsAfter(++_correlation, 0, StatisticsBatch), Self);
                return true;
            case StatisticsPage page:
                Send(page);
                return true;
            case StatisticsFailed failed:
                Context.System.EventStream.Publish(failed);
                return true;
            case VolatileDelivery { Message: StatisticsStored stored } when _onDuty && stored.Incarnation == _incarnation:
                _usageKnown = _usageSent;
                _statistics.AcknowledgeUpTo(new AcknowledgeStatistics(++_correlation, stored.UpTo), Self);
                return true;
            case StatisticsAcknowledged:
                return true;
            case VolatileDelivery { Message: StatusRequested asked }:
                _transfer.UseServer(asked.ArtifactsAt);
                Tell(new StatusReported(asked.RequestId, _agent, [.. _statuses.Values]));
                return true;
            case QueryStatus:
                Sender?.Tell(new StatusReported(0, _agent, [.. _statuses.Values]), Self);
                return true;
            case VolatileDelivery { Message: RejoinRequested rejoin }:
                Router.Tell(new ToEntity(AgentIdentityActor.IdOf(_agent), rejoin), Self);
                return true;
            case VolatileDelivery:
                return true;
            case InstanceStatus status:
                _statuses[$"{status.Ion}/{status.Node}"] = status;
                return true;
            default:
                return false;
        }
    }

    // The server deploys anew what the agent is to run. What this incarnation runs would run twice, and nobody would take its reports.
    private Decision Retire(IncarnationReplaced replaced)
    {
        Decision decision = State.IsRetired ? Decision.Nothing : Decision.Of(new IncarnationRetired(replaced.By));
        foreach (string[] names in State.Nodes.Select(node => node.Split('/', 2)))
        {
            var undeploy = new UndeployNode(names[0], names[1], long.MaxValue);
            decision = decision.And(new NodeRemoved(undeploy.Ion, undeploy.Node)).Send(InstanceOf(undeploy), undeploy);
        }

        return decision;
    }

    private void StartDuty()
    {
        if (!_onDuty && !State.IsRetired)
        {
            _onDuty = true;
            Timers.StartPeriodicTimer(nameof(Beat), Beat.Instance, TimeSpan.Zero, _options.HeartbeatEvery);
            Timers.StartPeriodicTimer(nameof(Report), Report.Instance, _options.StatisticsEvery);
        }
    }

    private void Send(StatisticsPage page)
    {
        _dropped = page.Dropped;
        if (page.Rows.IsEmpty && _usageKnown is { } known && page.Usage with { Bytes = known.Bytes } == known)
        {
            // The log of the store grows with each acknowledgement: told for its bytes alone, an idle agent would never be silent.
            return;
        }

        ImmutableArray<StatisticName> names = [.. page.Rows.Select(row => new StatisticName(row.Ion, row.Node, row.Name)).Distinct()];
        long first = page.Rows.IsEmpty ? 1 : page.Rows[0].SequenceNr;
        long last = first - 1;
        ImmutableArray<StatisticRow>.Builder rows = ImmutableArray.CreateBuilder<StatisticRow>(page.Rows.Length);
        foreach (StatisticsRow row in page.Rows)
        {
            rows.Add(new StatisticRow(
                names.IndexOf(new StatisticName(row.Ion, row.Node, row.Name)),
                row.Value,
                row.Timestamp.WallMilliseconds,
                row.SequenceNr - last - 1));
            last = row.SequenceNr;
        }

        _usageSent = page.Usage;
        Tell(new StatisticsReported(_incarnation, first, page.Dropped, names, rows.MoveToImmutable(), page.Usage));
    }

    private void Tell(object message) => Router.Tell(new PostVolatile(PersistenceId, Proxy, message), Self);

    private string InstanceOf(AgentCommand command) => NodeInstanceActor.IdOf(PersistenceId, command.Ion, command.Node);

    private sealed record ForgetBelow(long Snapshot);

    private sealed record ReleaseReports
    {
        public static ReleaseReports Instance { get; } = new();
    }

    private sealed record Beat
    {
        public static Beat Instance { get; } = new();
    }

    private sealed record Report
    {
        public static Report Instance { get; } = new();
    }
}

/// <summary>To an agent's identity, local: is this incarnation the installation's? If so, <see cref="OnDuty"/> comes back.</summary>
public sealed record AskDuty(long Incarnation);

/// <summary>To an incarnation, local: it is the installation's, and speaks for the agent.</summary>
public sealed record OnDuty(long Incarnation);
