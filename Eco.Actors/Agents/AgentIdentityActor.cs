using Eco.Actors.Agents.Proxies;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;
using Eco.Schedulers.Placement;

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
public sealed class AgentIdentityActor : EntityActor<AgentIdentityState>
{
    private const string Prefix = "agent/";
    private readonly AgentProfile _profile;
    private readonly AgentOptions _options;
    private readonly IArtifactTransfer _transfer;

    /// <summary>Makes the entity.</summary>
    public AgentIdentityActor(string entityId, AgentProfile profile, AgentOptions options, IArtifactTransfer transfer)
        : base(entityId, AgentIdentityState.Empty)
    {
        _profile = profile;
        _options = options;
        _transfer = transfer;
    }

    /// <summary>The entity id of an agent's identity.</summary>
    public static string IdOf(string agent) => Prefix + agent;

    /// <inheritdoc/>
    protected override Decision Decide(object command, string? from) => command switch
    {
        MakeInstallation make => State.InstallId.Length == 0 ? Decision.Of(new InstallationMade(make.InstallId)) : Decision.Nothing,
        JoinAccepted accepted when accepted.InstallId == State.InstallId =>
            accepted.Incarnation == State.Incarnation ? Decision.Nothing : Decision.Of(new IncarnationGiven(accepted.Incarnation)),
        JoinAccepted => Decision.Nothing,
        _ => throw new InvalidOperationException($"{command.GetType().Name} is no command of an agent's identity"),
    };

    /// <inheritdoc/>
    protected override AgentIdentityState Apply(AgentIdentityState state, object @event) => state.Apply(@event);

    /// <inheritdoc/>
    protected override void OnReady()
    {
        Wake();
        Timers.StartPeriodicTimer(nameof(AskToJoin), AskToJoin.Instance, TimeSpan.Zero, _options.JoinEvery);
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
            case AskToJoin:
                Router.Tell(
                    new PostVolatile(PersistenceId, AgentProxyActor.IdOf(_profile.Id), new JoinRequested(State.InstallId, _profile)), Self);
                return true;
            case VolatileDelivery { Message: JoinAccepted accepted }:
                if (accepted.InstallId == State.InstallId)
                {
                    _transfer.UseServer(accepted.ArtifactsAt);
                    Timers.Cancel(nameof(AskToJoin));
                }

                Execute(accepted);
                return true;
            default:
                return false;
        }
    }

    private void Wake()
    {
        if (State.Incarnation > 0)
        {
            Router.Tell(new ToEntity(AgentActor.IdOf(_profile.Id, State.Incarnation), new OnDuty(State.Incarnation)), Self);
        }
    }

    private sealed record MakeInstallation(string InstallId);

    private sealed record AskToJoin
    {
        public static AskToJoin Instance { get; } = new();
    }
}
