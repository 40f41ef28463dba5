using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Eco.Host.Composition;

/// <summary>A host's settings, checked and with all defaults filled in. <c>hocon/reference.conf</c> documents each.</summary>
public sealed record HostOptions
{
    /// <summary>The state directory, as it was written.</summary>
    public required string State { get; init; }

    /// <summary>The host's identity.</summary>
    public required string HostId { get; init; }

    /// <summary>How long each phase of an orderly stop may take; what has not ended by then is cut off.</summary>
    public required TimeSpan StopWithin { get; init; }

    /// <summary>The brokers between hosts, in the order in which they are tried; empty: all roles are in this process.</summary>
    public required ImmutableArray<string> Brokers { get; init; }

    /// <summary>The file with the password of the brokers' user; empty: the environment has it.</summary>
    public required string BrokerPasswordFile { get; init; }

    /// <summary>Whether this host has the server role.</summary>
    public required bool RunsServer { get; init; }

    /// <summary>How the server's PostgreSQL is reached, without a password; empty: SQLite in the state directory.</summary>
    public required string Database { get; init; }

    /// <summary>The file with the password of the database's user; empty: the environment has it.</summary>
    public required string DatabasePasswordFile { get; init; }

    /// <summary>Shards of the server's entities.</summary>
    public required int Partitions { get; init; }

    /// <summary>How often the timeline looks at the journal.</summary>
    public required TimeSpan FollowJournalEvery { get; init; }

    /// <summary>How long the server keeps events that a snapshot contains; null: for ever.</summary>
    public required TimeSpan? KeepEvents { get; init; }

    /// <summary>Where the server takes and gives large models: an IP address and a port.</summary>
    public required string ArtifactsListen { get; init; }

    /// <summary>The address for it that agents are given; empty: where it listens.</summary>
    public required string ArtifactsAdvertise { get; init; }

    /// <summary>The greatest model.</summary>
    public required long MaxArtifactBytes { get; init; }

    /// <summary>The agents of this host; ids are unique.</summary>
    public required ImmutableArray<AgentHostOptions> Agents { get; init; }

    /// <summary>How often an agent asks to join.</summary>
    public required TimeSpan JoinEvery { get; init; }

    /// <summary>How often an agent says that it is alive.</summary>
    public required TimeSpan HeartbeatEvery { get; init; }

    /// <summary>An agent that was not heard of for so long is unreachable.</summary>
    public required TimeSpan UnreachableAfter { get; init; }

    /// <summary>Statistics are averaged over, and sent after, this long.</summary>
    public required TimeSpan StatisticsEvery { get; init; }

    /// <summary>How often the server asks each agent for its status.</summary>
    public required TimeSpan StatusEvery { get; init; }

    /// <summary>A pipeline that emits no model is checkpointed after so many steps.</summary>
    public required int CheckpointEverySteps { get; init; }

    /// <summary>Whether each pipeline has an engine process of its own.</summary>
    public required bool IsolatesEngines { get; init; }

    /// <summary>How long an engine process waits for its agent to come back.</summary>
    public required TimeSpan EngineKeepFor { get; init; }

    /// <summary>How long a call to an engine process may take.</summary>
    public required TimeSpan EngineCallWithin { get; init; }

    /// <summary>Managed memory of an engine process.</summary>
    public required long EngineMemoryBytes { get; init; }

    /// <summary>What an agent's statistics may take on its disk while it has no connection.</summary>
    public required long StatisticsBufferBytes { get; init; }

    /// <summary>The least level that is logged.</summary>
    public required LogLevel LogLevel { get; init; }
}

/// <summary>One agent of a host.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Site">The place with its own network.</param>
/// <param name="Role">Its role.</param>
/// <param name="Labels">Free labels.</param>
/// <param name="Capabilities">Free capabilities.</param>
/// <param name="DataRoot">The folder that its data sources read from, as it was written.</param>
public sealed record AgentHostOptions(
    string Id,
    string Site,
    string Role,
    ImmutableSortedDictionary<string, string> Labels,
    ImmutableArray<string> Capabilities,
    string DataRoot);
