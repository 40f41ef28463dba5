using System.Collections.Immutable;
using Eco.Actors.Agents;
using Eco.Host.Composition.EngineProcesses;
using Eco.Host.Artifacts;
using Eco.Host.State;
using Eco.Runtime.Cluster;
using Eco.Runtime.Dispatch;
using Eco.Runtime.Persistence.Artifacts;
using Eco.Schedulers.Placement;
using Microsoft.Extensions.Logging;

namespace Eco.Host.Composition.Hosting;

/// <summary>The roles of this process, each with a folder of its own.</summary>
/// <param name="State">Where they keep everything.</param>
/// <param name="Server">The server, if it runs here.</param>
/// <param name="Agents">The agents, with the folder that each looks data files up in.</param>
/// <param name="Timing">How agents keep in touch.</param>
/// <param name="Entities">How durable messages are sent.</param>
/// <param name="CrashPoints">For fault tests.</param>
/// <param name="Logging">Where the log goes.</param>
internal sealed record EcoHostSetup(
    StateDirectory State,
    ServerHostSetup? Server,
    ImmutableArray<LocalAgent> Agents,
    AgentOptions Timing,
    EntityOptions Entities,
    ICrashPoints CrashPoints,
    ILoggerFactory Logging)
{
    /// <summary>The brokers between hosts; null where all roles are in this process.</summary>
    public BrokerSetup? Brokers { get; init; }

    /// <summary>The greatest model.</summary>
    public long MaxArtifactBytes { get; init; } = TransferLimits.DefaultMaximumBytes;

    /// <summary>How long each phase of an orderly stop may take; what has not ended by then is cut off.</summary>
    public TimeSpan StopWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gives each pipeline a process of its own, within these bounds; null: all run in this one.</summary>
    public EngineProcessOptions? EngineProcesses { get; init; }

    /// <summary>What an agent's statistics may take on its disk while it has no connection.</summary>
    public long StatisticsBufferBytes { get; init; } = 64L << 20;
}

/// <summary>A server in this process.</summary>
/// <param name="HostId">Its name among the servers.</param>
/// <param name="Partitions">Partitions of the server, stored at its first start.</param>
internal sealed record ServerHostSetup(string HostId, int Partitions)
{
    /// <summary>Where agents of other hosts fetch and leave large models; used only with brokers.</summary>
    public ArtifactServerOptions Artifacts { get; init; } = new();

    /// <summary>How often the timeline looks at the journal.</summary>
    public TimeSpan FollowJournalEvery { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long the server keeps events that a snapshot contains; null: for ever.</summary>
    public TimeSpan? KeepEvents { get; init; }

    /// <summary>Connects to the PostgreSQL that several servers share; null: SQLite in the state directory. Holds a secret.</summary>
    public string? Database { get; init; }
}

/// <summary>The brokers between hosts.</summary>
/// <param name="Endpoints">At least one, as <c>amqp://USER@HOST:5672/VHOST</c>; tried in this order. User and virtual host are the first one's.</param>
/// <param name="Password">The password of the user that the end points name. A secret.</param>
internal sealed record BrokerSetup(ImmutableArray<string> Endpoints, string Password);

/// <summary>An agent in this process.</summary>
/// <param name="Profile">What it says of itself.</param>
/// <param name="DataRoot">The folder that relative data files are looked up in.</param>
internal sealed record LocalAgent(AgentProfile Profile, string DataRoot);
