using System.Collections.Immutable;
using Eco.Actors.Agents;
using Eco.Host.State;
using Eco.Runtime.Cluster;
using Eco.Runtime.Dispatch;
using Eco.Schedulers.Placement;
using Microsoft.Extensions.Logging;

namespace Eco.Host.Composition.Local;

/// <summary>A server and agents that share this process, each with a folder of its own.</summary>
/// <param name="State">Where they keep everything.</param>
/// <param name="Partitions">Partitions of the server, stored at its first start.</param>
/// <param name="Agents">The agents, with the folder that each looks data files up in.</param>
/// <param name="Timing">How agents keep in touch.</param>
/// <param name="Entities">How durable messages are sent.</param>
/// <param name="CrashPoints">For fault tests.</param>
/// <param name="Logging">Where the log goes.</param>
internal sealed record LocalHostSetup(
    StateDirectory State,
    int Partitions,
    ImmutableArray<LocalAgent> Agents,
    AgentOptions Timing,
    EntityOptions Entities,
    ICrashPoints CrashPoints,
    ILoggerFactory Logging)
{
    /// <summary>How often the timeline looks at the journal.</summary>
    public TimeSpan FollowJournalEvery { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long each phase of an orderly stop may take; what has not ended by then is cut off.</summary>
    public TimeSpan StopWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the server keeps events that a snapshot contains; null: for ever.</summary>
    public TimeSpan? KeepEvents { get; init; }

    /// <summary>Rows of statistics that an agent keeps while it has no connection.</summary>
    public int StatisticsBufferRows { get; init; } = 100_000;
}

/// <summary>An agent of a local host.</summary>
/// <param name="Profile">What it says of itself.</param>
/// <param name="DataRoot">The folder that relative data files are looked up in.</param>
internal sealed record LocalAgent(AgentProfile Profile, string DataRoot);
