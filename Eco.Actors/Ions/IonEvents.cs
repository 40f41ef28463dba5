using System.Collections.Immutable;
using Eco.Schedulers.Placement;

namespace Eco.Actors.Ions;

/// <summary>Event: a definition is the ION's version from now on.</summary>
public sealed record IonSubmitted(int Version, IonDefinition Definition, string Source, ImmutableArray<string> Changes);

/// <summary>Event: the ION is held, or goes on.</summary>
public sealed record IonHoldChanged(bool Held);

/// <summary>Event: all nodes are to be stopped and forgotten.</summary>
public sealed record IonDeleted(string Id);

/// <summary>Event: an agent is known to the ION.</summary>
public sealed record IonAgentSeen(AgentProfile Profile);

/// <summary>Event: the nodes' agents have changed.</summary>
/// <param name="Agents">For each pipeline node the agents that it maps to, in ordinal order.</param>
public sealed record NodesMapped(ImmutableSortedDictionary<string, ImmutableArray<string>> Agents);

/// <summary>Event: a node has finished, or goes on.</summary>
public sealed record IonNodeFinished(string Node, bool Finished);

/// <summary>Event: every node has finished.</summary>
public sealed record IonCompleted;
