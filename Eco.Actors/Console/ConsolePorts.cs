using System.Collections.Immutable;
using Eco.Actors.Timeline;
using Eco.Engines.Abstractions;
using Eco.Runtime.Actors;

namespace Eco.Actors.Console;

/// <summary>What the console's actors talk to.</summary>
/// <param name="Router">The server's router.</param>
/// <param name="Timeline">The <see cref="TimelineActor"/>.</param>
/// <param name="Store">The timeline's tables.</param>
/// <param name="Engines">The component types of each engine, for validation.</param>
/// <param name="Stop">What <c>host.stop</c> does.</param>
public sealed record ConsolePorts(
    IActorRef Router,
    IActorRef Timeline,
    ITimelineStore Store,
    ImmutableSortedDictionary<string, ImmutableArray<ComponentDescriptor>> Engines,
    Action Stop);
