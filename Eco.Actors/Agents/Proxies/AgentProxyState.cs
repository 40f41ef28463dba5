using System.Collections.Immutable;
using Eco.Actors.Ions;
using Eco.Actors.Ions.Nodes;
using Eco.Runtime.Cluster;
using Eco.Schedulers.Placement;

namespace Eco.Actors.Agents.Proxies;

/// <summary>Event: an installation has become the agent's incarnation, or its profile has changed.</summary>
public sealed record AgentJoined(string InstallId, long Incarnation, AgentProfile Profile);

/// <summary>Event: the agent is heard of again.</summary>
public sealed record AgentReachable(string Agent);

/// <summary>Event: the agent has not been heard of for a while. Its pipelines go on; its commands wait.</summary>
public sealed record AgentUnreachable(string Agent, string Since);

/// <summary>Event: a command waits, since the agent has as many on their way as it may have.</summary>
public sealed record CommandQueued(AgentCommand Command);

/// <summary>Event: the oldest waiting commands wait no longer: they were sent, or are queued again behind others.</summary>
public sealed record CommandsReleased(int Count);

/// <summary>Event: a waiting model was replaced by a newer version; it will never be sent.</summary>
public sealed record ModelSuperseded(string Ion, string Node, string Model, long Version, string Hash, long By);

/// <summary>Event: a waiting command was made moot by a later one; it will never be sent.</summary>
/// <param name="Ion">The ION.</param>
/// <param name="Node">The ION node.</param>
/// <param name="Command">What it was, as its type is sent: <c>deploy</c>, <c>pause</c>.</param>
/// <param name="Position">Its place in the queue at that moment.</param>
public sealed record CommandSuperseded(string Ion, string Node, string Command, int Position);

/// <summary>Event: what the agent is to run; remembered for an agent that is installed again.</summary>
public sealed record DeploymentNoted(DeployNode Deployment);

/// <summary>Event: the agent is no longer to run it.</summary>
public sealed record DeploymentDropped(string Ion, string Node);

/// <summary>What the server knows of one agent, and what waits for it.</summary>
/// <param name="InstallId">The installation that is the present incarnation.</param>
/// <param name="Incarnation">0 before the first join.</param>
/// <param name="Profile">What it says of itself; null before the first join.</param>
/// <param name="Reachable">Whether it was heard of lately.</param>
/// <param name="Queue">Commands that wait, without a number yet.</param>
/// <param name="Deployments">What it is to run, by <c>ion node</c>.</param>
public sealed record AgentProxyState(
    string InstallId,
    long Incarnation,
    AgentProfile? Profile,
    bool Reachable,
    ImmutableArray<AgentCommand> Queue,
    ImmutableSortedDictionary<string, DeployNode> Deployments)
{
    /// <summary>So many commands may be on their way to an agent at once (design: AgentProxy).</summary>
    public const int MaximumInFlight = 16;

    /// <summary>Before any event.</summary>
    public static AgentProxyState Empty { get; } =
        new(string.Empty, 0, null, false, [], ImmutableSortedDictionary.Create<string, DeployNode>(StringComparer.Ordinal));

    /// <summary>Decides on a command.</summary>
    /// <param name="agent">The agent's id.</param>
    /// <param name="command">A durable message, a join, or what the proxy tells itself.</param>
    /// <param name="inFlight">How many commands are on their way.</param>
    public Decision Decide(string agent, object command, int inFlight) => command switch
    {
        JoinRequested join => Join(agent, join),
        AgentCommand order => Take(agent, order, inFlight),
        SnapshotTaken snapshot => Take(agent, new ForgetEvents(snapshot.Ion, snapshot.Node, snapshot.UpTo), inFlight),
        AgentReport report => Decision.Nothing.Send(IonNodeActor.IdOf(report.Ion, report.Node), report),
        ReleaseCommands => Release(agent, inFlight),
        NoteReachable => Reachable ? Decision.Nothing : Decision.Of(new AgentReachable(agent)),
        NoteUnreachable note => Reachable ? Decision.Of(new AgentUnreachable(agent, note.Since)) : Decision.Nothing,
        _ => throw new InvalidOperationException($"{command.GetType().Name} is no command of an agent's proxy"),
    };

    /// <summary>The state after an event.</summary>
    public AgentProxyState Apply(object @event) => @event switch
    {
        AgentJoined e => this with { InstallId = e.InstallId, Incarnation = e.Incarnation, Profile = e.Profile, Reachable = true },
        AgentReachable => this with { Reachable = true },
        AgentUnreachable => this with { Reachable = false },
        CommandQueued e => this with { Queue = Queue.Add(e.Command) },
        CommandsReleased e => this with { Queue = Queue.RemoveRange(0, e.Count) },
        ModelSuperseded e => this with
        {
            Queue = Queue.RemoveAll(command => command is DeliverModel waiting
                && waiting.Ion == e.Ion && waiting.Node == e.Node && waiting.Model.Name == e.Model && waiting.Model.Version == e.Version),
        },
        CommandSuperseded e => this with { Queue = Queue.RemoveAt(e.Position) },
        DeploymentNoted e => this with { Deployments = Deployments.SetItem(Key(e.Deployment.Ion, e.Deployment.Node), e.Deployment) },
        DeploymentDropped e => this with { Deployments = Deployments.Remove(Key(e.Ion, e.Node)) },
        _ => this,
    };

    private Decision Join(string agent, JoinRequested join)
    {
        bool sameInstallation = join.InstallId == InstallId;
        long incarnation = sameInstallation ? Incarnation : Incarnation + 1;
        Decision decision = Decision.Nothing;
        if (!sameInstallation || Profile is null || !Canonical.Same(Profile, join.Profile))
        {
            decision = Decision.Of(new AgentJoined(join.InstallId, incarnation, join.Profile))
                .Send(AgentDirectoryActor.Id, new AgentAnnounced(join.Profile, incarnation));
        }

        if (!sameInstallation && Incarnation > 0)
        {
            decision = decision.Then(Reinstall(agent));
        }

        return decision.Replying(new JoinAccepted(join.InstallId, incarnation));
    }

    // The former installation's state is gone: the new one first gets all that it is to run, then what waited. The nodes are told, since
    // only they know which models it needs and what it was doing.
    private Decision Reinstall(string agent)
    {
        Decision decision = Queue.IsEmpty ? Decision.Nothing : Decision.Of(new CommandsReleased(Queue.Length));
        foreach (AgentCommand command in Deployments.Values.Concat(Queue.Where(waiting => waiting is not (DeployNode or UndeployNode or ForgetEvents))))
        {
            decision = decision.And(new CommandQueued(command));
        }

        return Deployments.Values.Aggregate(decision, (current, deployment) => current.Send(
            IonNodeActor.IdOf(deployment.Ion, deployment.Node),
            new InstanceReported(
                deployment.Ion, deployment.Node, agent, deployment.Generation, InstanceState.Pending, "installed again")));
    }

    private Decision Take(string agent, AgentCommand command, int inFlight)
    {
        Decision decision = command switch
        {
            DeployNode deploy => Decision.Of(new DeploymentNoted(deploy)),
            UndeployNode undeploy => Decision.Of(new DeploymentDropped(undeploy.Ion, undeploy.Node)),
            _ => Decision.Nothing,
        };
        if (Incarnation > 0 && Queue.IsEmpty && inFlight < MaximumInFlight)
        {
            return decision.Send(AgentActor.IdOf(agent, Incarnation), command);
        }

        if (command is DeliverModel delivery)
        {
            foreach (DeliverModel older in Queue.OfType<DeliverModel>().Where(waiting => Supersedes(delivery, waiting)))
            {
                decision = decision.And(new ModelSuperseded(
                    older.Ion, older.Node, older.Model.Name, older.Model.Version, older.Model.Hash, delivery.Model.Version));
            }
        }

        foreach ((AgentCommand moot, int position) in WaitingCommands.MootBy(command, Queue))
        {
            decision = decision.And(new CommandSuperseded(moot.Ion, moot.Node, WaitingCommands.NameOf(moot), position));
        }

        return decision.And(new CommandQueued(command));
    }

    private Decision Release(string agent, int inFlight)
    {
        int count = Incarnation == 0 ? 0 : Math.Min(Queue.Length, MaximumInFlight - inFlight);
        if (count <= 0)
        {
            return Decision.Nothing;
        }

        Decision decision = Decision.Of(new CommandsReleased(count));
        return Queue[..count].Aggregate(decision, (current, command) => current.Send(AgentActor.IdOf(agent, Incarnation), command));
    }

    private static bool Supersedes(DeliverModel newer, DeliverModel older) =>
        newer.Ion == older.Ion
        && newer.Node == older.Node
        && newer.Component == older.Component
        && newer.Model.Name == older.Model.Name
        && newer.Model.Version > older.Model.Version;

    private static string Key(string ion, string node) => $"{ion} {node}";
}

/// <summary>From the proxy to itself: send what waits, as far as there is room.</summary>
public sealed record ReleaseCommands
{
    /// <summary>The only one.</summary>
    public static ReleaseCommands Instance { get; } = new();
}

/// <summary>From the proxy to itself: the agent was heard of.</summary>
public sealed record NoteReachable
{
    /// <summary>The only one.</summary>
    public static NoteReachable Instance { get; } = new();
}

/// <summary>From the proxy to itself: the agent has not been heard of since then (ISO 8601).</summary>
public sealed record NoteUnreachable(string Since);
