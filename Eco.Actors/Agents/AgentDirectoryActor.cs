using System.Collections.Immutable;
using Eco.Actors.Ions;
using Eco.Runtime.Cluster;
using Eco.Schedulers.Placement;

namespace Eco.Actors.Agents;

/// <summary>Event: an agent's profile.</summary>
public sealed record AgentListed(AgentProfile Profile, long Incarnation);

/// <summary>Event: an ION wants to know of all agents, or no longer.</summary>
public sealed record TrackingChanged(string Ion, bool Tracked);

/// <summary>All agents, and who wants to know of them.</summary>
public sealed record AgentDirectoryState(
    ImmutableSortedDictionary<string, AgentProfile> Agents,
    ImmutableSortedSet<string> Trackers)
{
    /// <summary>Before any event.</summary>
    public static AgentDirectoryState Empty { get; } =
        new(ImmutableSortedDictionary<string, AgentProfile>.Empty, ImmutableSortedSet.Create<string>(StringComparer.Ordinal));

    /// <summary>Decides on a command.</summary>
    public Decision Decide(object command)
    {
        switch (command)
        {
            case AgentAnnounced announced:
                return Trackers.Aggregate(
                    Decision.Of(new AgentListed(announced.Profile, announced.Incarnation)),
                    (decision, ion) => decision.Send(IonActor.IdOf(ion), new AgentAvailable(announced.Profile)));
            case TrackAgents track:
                return Agents.Values.Aggregate(
                    Decision.Of(new TrackingChanged(track.Ion, true)),
                    (decision, agent) => decision.Send(IonActor.IdOf(track.Ion), new AgentAvailable(agent)));
            case UntrackAgents untrack:
                return Decision.Of(new TrackingChanged(untrack.Ion, false));
            case ListAgents:
                return Decision.Answer(new AgentsListed([.. Agents.Values]));
            default:
                throw new InvalidOperationException($"{command.GetType().Name} is no command of the agent directory");
        }
    }

    /// <summary>The state after an event.</summary>
    public AgentDirectoryState Apply(object @event) => @event switch
    {
        AgentListed e => this with { Agents = Agents.SetItem(e.Profile.Id, e.Profile) },
        TrackingChanged e => this with { Trackers = e.Tracked ? Trackers.Add(e.Ion) : Trackers.Remove(e.Ion) },
        _ => this,
    };
}

/// <summary>To the directory, local: which agents are known? Answered with <see cref="AgentsListed"/>.</summary>
public sealed record ListAgents;

/// <summary>All known agents, in order of their ids.</summary>
public sealed record AgentsListed(ImmutableArray<AgentProfile> Agents);

/// <summary>The server's entity that knows all agents and tells IONs of them.</summary>
public sealed class AgentDirectoryActor : EntityActor<AgentDirectoryState>
{
    /// <summary>Its entity id: there is one.</summary>
    public const string Id = "directory";

    /// <summary>Makes the entity.</summary>
    public AgentDirectoryActor()
        : base(Id, AgentDirectoryState.Empty)
    {
    }

    /// <inheritdoc/>
    protected override Decision Decide(object command, string? from) => State.Decide(command);

    /// <inheritdoc/>
    protected override AgentDirectoryState Apply(AgentDirectoryState state, object @event) => state.Apply(@event);
}
