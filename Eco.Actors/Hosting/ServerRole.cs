using System.Collections.Immutable;
using Eco.Actors.Agents;
using Eco.Actors.Agents.Proxies;
using Eco.Actors.Console;
using Eco.Actors.Ions;
using Eco.Actors.Ions.Nodes;
using Eco.Actors.Models;
using Eco.Actors.Timeline;
using Eco.Engines.Abstractions;
using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;
using Eco.Runtime.Dispatch;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Statistics;

namespace Eco.Actors.Hosting;

/// <summary>The ports of a server.</summary>
/// <param name="Journal">Its journal.</param>
/// <param name="Artifacts">Where models are kept.</param>
/// <param name="Statistics">Where statistics are kept.</param>
/// <param name="Timeline">The timeline's tables.</param>
/// <param name="Transport">The transport to agents.</param>
/// <param name="CrashPoints">For fault campaigns.</param>
public sealed record ServerPorts(
    IJournal Journal,
    IArtifactStore Artifacts,
    IStatisticsStore Statistics,
    ITimelineStore Timeline,
    ITransport Transport,
    ICrashPoints CrashPoints);

/// <summary>How a server runs.</summary>
/// <param name="Partitions">Stored at the first start.</param>
/// <param name="WriterId">The host's name among the servers, <c>/</c>, and what is unique to this start.</param>
/// <param name="Agents">How agents keep in touch.</param>
/// <param name="Entities">How durable messages are sent.</param>
/// <param name="FollowJournalEvery">How often the timeline looks at the journal.</param>
/// <param name="Engines">The component types of each engine, for validation.</param>
/// <param name="Stop">What <c>host.stop</c> does.</param>
/// <param name="SharesDatabase">Whether other servers have the same database, and partitions move between them.</param>
/// <param name="ArtifactsAt">Where this server takes and gives artefacts; null where agents reach its store in the same process.</param>
public sealed record ServerSetup(
    int Partitions,
    string WriterId,
    AgentOptions Agents,
    EntityOptions Entities,
    TimeSpan FollowJournalEvery,
    ImmutableSortedDictionary<string, ImmutableArray<ComponentDescriptor>> Engines,
    Action Stop,
    bool SharesDatabase = false,
    string? ArtifactsAt = null)
{
    /// <summary>The host's name among the servers.</summary>
    public string Host => WriterId[..WriterId.LastIndexOf('/')];
}

/// <summary>
/// The server role: which entities it has, and the timeline and the console beside them. The same in both worlds; only the ports differ.
/// </summary>
public sealed class ServerRole : ReceiveActor
{
    /// <summary>Makes the role's root actor.</summary>
    public ServerRole(ServerSetup setup, ServerPorts ports)
    {
        EntityRoutes routes = EntityRoutes.OfServer(setup.Partitions, AliasOf);
        Receive<EntityHostReady>(ready =>
        {
            IActorRef timeline = Context.ActorOf(
                Props.Create(() => new TimelineActor(ports.Timeline, setup.Partitions, setup.FollowJournalEvery, setup.SharesDatabase)), "timeline");
            IActorRef? others = setup.SharesDatabase
                ? Context.ActorOf(Props.Create(() => new OthersNewsActor(setup.Partitions, setup.FollowJournalEvery)), "others-news")
                : null;
            var cluster = new ClusterPorts(setup.WriterId, routes, ports.Transport, setup.Entities.Partitions.LiveWithin);
            var console = new ConsolePorts(ready.Router, timeline, ports.Timeline, setup.Engines, others, cluster, setup.Stop);
            IActorRef front = Context.ActorOf(Props.Create(() => new ConsoleActor(console)), "console");
            Context.System.EventStream.Publish(new ServerReady(ready.Router, front, timeline));
        });

        Context.System.EventStream.Subscribe(Self, typeof(EntityHostReady));
        EntityHost.Start(Context.System, new EntityHostSetup(
            EntityAddress.OfServer(setup.Host),
            routes,
            setup.WriterId,
            ports.Journal,
            ports.Transport,
            EcoManifests.Registry,
            TypesOf(setup, ports),
            [AgentDirectoryActor.Id],
            setup.Entities,
            ports.CrashPoints,
            setup.SharesDatabase));
    }

    /// <summary>Starts the role in an actor system of its own; <see cref="ServerReady"/> appears on its event stream.</summary>
    public static IActorRef Start(ActorSystem system, ServerSetup setup, ServerPorts ports)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.ActorOf(Props.Create(() => new ServerRole(setup, ports)), "server");
    }

    private static ImmutableArray<EntityType> TypesOf(ServerSetup setup, ServerPorts ports) =>
    [
        new("directory", id => id == AgentDirectoryActor.Id, _ => Props.Create(() => new AgentDirectoryActor())),
        new("ion", id => Depth(id, "ion/") == 2, id => Props.Create(() => new IonActor(id))),
        new("ion node", id => Depth(id, "ion/") == 3, id => Props.Create(() => new IonNodeActor(id, ports.Statistics))),
        new("models", id => Depth(id, "models/") == 2, id => Props.Create(() => new ModelRegistryActor(id, ports.Artifacts))),
        new(
            "proxy",
            id => Depth(id, "proxy/") == 2,
            id => Props.Create(() => new AgentProxyActor(id, setup.Agents, ports.Statistics, setup.ArtifactsAt))),
    ];

    // An agent reaches its proxy, and before it has one the directory's partition, which passes its request on.
    private static string? AliasOf(string id) =>
        id == AgentDirectoryActor.Id ? EntityAddress.JoinUplink
        : AgentProxyActor.AgentOf(id) is { } agent ? EntityAddress.UplinkOf(agent)
        : null;

    private static int Depth(string id, string prefix) =>
        id.StartsWith(prefix, StringComparison.Ordinal) ? id.Split('/').Length : 0;
}

/// <summary>On the event stream: the server takes commands.</summary>
/// <param name="Router">Its router.</param>
/// <param name="Console">The <see cref="ConsoleActor"/>.</param>
/// <param name="Timeline">The <see cref="TimelineActor"/>.</param>
public sealed record ServerReady(IActorRef Router, IActorRef Console, IActorRef Timeline);
