using Eco.Actors.Agents.Proxies;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;
using Eco.Schedulers.Placement;
using Microsoft.Extensions.Logging;

namespace Eco.Actors.Agents;

/// <summary>Event: this installation has drawn its id.</summary>
public sealed record InstallationMade(string InstallId);

/// <summary>Event: the server has given this installation its incarnation.</summary>
public sealed record IncarnationGiven(long Incarnation);

/// <summary>Who this installation is.</summary>
/// <param name="InstallId">Drawn once; empty before.</param>
/// <param name="Incarnation">0 before the first join.</param>
public sealed record AgentIdentityState(string InstallId, long Incarnation)
{
    /// <summary>Before any event.</summary>
    public static AgentIdentityState Empty { get; } = new(string.Empty, 0);

    /// <summary>The state after a fact.</summary>
    public AgentIdentityState Apply(object @event) => @event switch
    {
        InstallationMade e => this with { InstallId = e.InstallId },
        IncarnationGiven e => this with { Incarnation = e.Incarnation },
        _ => this,
    };
}

/// <summary>
/// The agent's entity that joins: it exists before the agent has an incarnation, asks the server for one, and wakes the
/// <see cref="AgentActor"/>. A known incarnation is woken at once, so that an agent boots without a network.
/// </summary>
public sealed partial class AgentIdentityActor : EntityActor<AgentIdentityState>
{
    private const string Prefix = "agent/";

    // A refused installation receives the agent's queue while it asks, and the other one's frames with it: not for long.
    private const int AsksWhenRefused = 5;
    private static readonly TimeSpan SayAgainAfter = TimeSpan.FromHours(1);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);
    private readonly AgentProfile _profile;
    private readonly AgentOptions _options;
    private readonly IArtifactTransfer _transfer;
    private readonly string? _where;
    private readonly ILogger _logger;
    private bool _refused;
    private long? _saidAt;
    private int _asks;

    /// <summary>Makes the entity.</summary>
    /// <param name="entityId"><c>agent/id</c>.</param>
    /// <param name="profile">What the agent says of itself.</param>
    /// <param name="options">How it keeps in touch.</param>
    /// <param name="transfer">The way of large models, which is told which server to use.</param>
    /// <param name="where">Machine and process, for people; null where nobody knows.</param>
    public AgentIdentityActor(string entityId, AgentProfile profile, AgentOptions options, IArtifactTransfer transfer, string? where = null)
        : base(entityId, AgentIdentityState.Empty)
    {
        _profile = profile;
        _options = options;
        _transfer = transfer;
        _where = where;
        _logger = Context.System.LoggerFactory.CreateLogger<AgentIdentityActor>();
    }

    /// <summary>The entity id of an agent's identity.</summary>
    public static string IdOf(string agent) => Prefix + agent;

    /// <inheritdoc/>
    protected override Decision Decide(object command, string? from) => command switch
    {
        MakeInstallation make => State.InstallId.Length == 0 ? Decision.Of(new InstallationMade(make.InstallId)) : Decision.Nothing,
        JoinAccepted accepted when accepted.InstallId == State.InstallId =>
            accepted.Incarnation == State.Incarnation ? Decision.Nothing : Begin(accepted.Incarnation),
        JoinAccepted => Decision.Nothing,
        _ => throw new InvalidOperationException($"{command.GetType().Name} is no command of an agent's identity"),
    };

    /// <inheritdoc/>
    protected override AgentIdentityState Apply(AgentIdentityState state, object @event) => state.Apply(@event);

    /// <inheritdoc/>
    protected override void OnReady()
    {
        Wake();
        StartAsking();
        if (State.InstallId.Length == 0)
        {
            // The wall clock parts two installations that have the same seed, since the former one's journal is gone.
            Random random = Context.System.Random.Stream($"{PersistenceId} installation");
            long born = Context.System.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds();
            Self.Tell(new MakeInstallation($"{random.NextInt64():x16}{born:x12}"), Self);
        }
    }

    /// <inheritdoc/>
    protected override void OnCommitted(object @event)
    {
        if (@event is IncarnationGiven)
        {
            Context.Parent.Tell(new ReceiveAs(State.Incarnation, IsConfirmed: true), Self);
            Wake();
        }
    }

    /// <inheritdoc/>
    protected override bool OnMessage(object message)
    {
        switch (message)
        {
            case AskDuty ask:
                if (ask.Incarnation == State.Incarnation)
                {
                    Sender.Tell(new OnDuty(ask.Incarnation), Self);
                }

                return true;
            case QueryStatus when State.Incarnation == 0:
                Sender?.Tell(new StatusReported(0, _profile.Id, []), Self);
                return true;
            case QueryStatus query:
                Router.Tell(new ToEntity(AgentActor.IdOf(_profile.Id, State.Incarnation), query), Sender);
                return true;
            case AskToJoin when State.InstallId.Length == 0:
                return true;
            case AskToJoin when _refused && ++_asks > AsksWhenRefused:
                Wait(_options.UnreachableAfter);
                return true;
            case AskToJoin:
                Router.Tell(
                    new PostVolatile(PersistenceId, AgentProxyActor.IdOf(_profile.Id), new JoinRequested(State.InstallId, _profile, _where)), Self);
                return true;
            case AskAgain:
                StartAsking();
                return true;
            case VolatileDelivery { Message: JoinAccepted accepted }:
                if (accepted.InstallId == State.InstallId)
                {
                    OnAccepted(accepted);
                }

                return true;
            case VolatileDelivery { Message: JoinRefused refused }:
                if (refused.InstallId == State.InstallId)
                {
                    OnRefused(refused);
                }

                return true;
            case RejoinRequested rejoin when rejoin.Incarnation == State.Incarnation && !IsWaitingOrAsking:
            case GreaterIncarnationSeen seen when State.Incarnation > 0 && !IsWaitingOrAsking:
                StartAsking();
                return true;
            case RejoinRequested or GreaterIncarnationSeen:
                return true;
            default:
                return false;
        }
    }

    private bool IsWaitingOrAsking => Timers.IsTimerActive(nameof(AskToJoin)) || Timers.IsTimerActive(nameof(AskAgain));

    private Decision Begin(long incarnation)
    {
        Decision decision = Decision.Of(new IncarnationGiven(incarnation));
        return State.Incarnation == 0
            ? decision
            : decision.Send(AgentActor.IdOf(_profile.Id, State.Incarnation), new IncarnationReplaced(incarnation));
    }

    private void StartAsking()
    {
        _asks = 0;
        Context.Parent.Tell(new ReceiveAs(State.Incarnation, IsConfirmed: false), Self);
        Timers.StartPeriodicTimer(nameof(AskToJoin), AskToJoin.Instance, TimeSpan.Zero, _options.JoinEvery);
    }

    private void OnAccepted(JoinAccepted accepted)
    {
        _transfer.UseServer(accepted.ArtifactsAt);
        Timers.Cancel(nameof(AskToJoin));
        Timers.Cancel(nameof(AskAgain));
        if (_refused)
        {
            _refused = false;
            _saidAt = null;
            JoinedAfterAll(_profile.Id, accepted.Incarnation);
        }

        if (accepted.Incarnation == State.Incarnation)
        {
            Context.Parent.Tell(new ReceiveAs(State.Incarnation, IsConfirmed: true), Self);
        }

        Execute(accepted);
    }

    private void OnRefused(JoinRefused refused)
    {
        if (refused.SilentForSeconds is not { } silent)
        {
            // The server has just started; whether the other one lives is not known yet, and the next question may be answered otherwise.
            return;
        }

        TimeProvider time = Context.System.TimeProvider;
        if (_saidAt is not { } saidAt || time.GetElapsedTime(saidAt) >= SayAgainAfter)
        {
            _saidAt = time.GetTimestamp();
            Refused(
                _profile.Id,
                refused.Incarnation,
                refused.Since ?? "an unknown time",
                refused.Where ?? "an unknown process",
                silent,
                _options.UnreachableAfter.TotalSeconds);
        }

        Wait(TimeSpan.FromSeconds(refused.FreeInSeconds) + Grace);
    }

    private void Wait(TimeSpan pause)
    {
        _refused = true;
        Timers.Cancel(nameof(AskToJoin));
        Context.Parent.Tell(StandAside.Instance, Self);
        Timers.StartSingleTimer(nameof(AskAgain), AskAgain.Instance, pause);
    }

    private void Wake()
    {
        if (State.Incarnation > 0)
        {
            Router.Tell(new ToEntity(AgentActor.IdOf(_profile.Id, State.Incarnation), new OnDuty(State.Incarnation)), Self);
        }
    }

    private sealed record MakeInstallation(string InstallId);

    private sealed record AskAgain
    {
        public static AskAgain Instance { get; } = new();
    }

    private sealed record AskToJoin
    {
        public static AskToJoin Instance { get; } = new();
    }
}
