using System.Collections.Immutable;
using Eco.Actors.Timeline;
using Eco.Engines.Abstractions;
using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;

namespace Eco.Actors.Console;

/// <summary>What the console's actors talk to.</summary>
/// <param name="Router">The server's router.</param>
/// <param name="Timeline">The <see cref="TimelineActor"/>.</param>
/// <param name="Store">The timeline's tables.</param>
/// <param name="Engines">The component types of each engine, for validation.</param>
/// <param name="Others">Told whether anybody watches, where other servers share the database; null where there are none.</param>
/// <param name="Cluster">What <c>cluster</c> looks at.</param>
/// <param name="Stop">What <c>host.stop</c> does.</param>
public sealed record ConsolePorts(
    IActorRef Router,
    IActorRef Timeline,
    ITimelineStore Store,
    ImmutableSortedDictionary<string, ImmutableArray<ComponentDescriptor>> Engines,
    IActorRef? Others,
    ClusterPorts Cluster,
    Action Stop);

/// <summary>What shows who shares the server's partitions.</summary>
/// <param name="Member">As what this host announces itself among the members.</param>
/// <param name="Routes">The partitions and their queues.</param>
/// <param name="Transport">Knows what waits.</param>
/// <param name="LiveWithin">A host that was heard of within this time counts as alive.</param>
public sealed record ClusterPorts(string Member, EntityRoutes Routes, ITransport Transport, TimeSpan LiveWithin);
