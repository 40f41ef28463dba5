using System.Collections.Immutable;
using System.Globalization;
using Eco.Actors.Agents;

namespace Eco.Actors.Console;

/// <summary>What a submission did.</summary>
/// <param name="Ion">The ION.</param>
/// <param name="Version">Its new version; the old one if nothing changed.</param>
/// <param name="Changes">What changes against the version before, a line each.</param>
/// <param name="Warnings">What deserves attention, with file:line:column.</param>
public sealed record SubmissionView(string Ion, int Version, ImmutableArray<string> Changes, ImmutableArray<string> Warnings);

/// <summary>The findings of a validation.</summary>
/// <param name="Ion">The ION's id, if it could be read.</param>
/// <param name="Valid">Whether there is no error.</param>
/// <param name="SelectorsChecked">Whether agents were known to check selectors against.</param>
/// <param name="Findings">All of them.</param>
public sealed record ValidationView(string? Ion, bool Valid, bool SelectorsChecked, ImmutableArray<FindingView> Findings);

/// <summary>One finding.</summary>
/// <param name="Severity"><c>error</c> or <c>warning</c>.</param>
/// <param name="Where"><c>file:line:column</c>.</param>
/// <param name="Path">The key's path.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Hint">What would be right; may be empty.</param>
public sealed record FindingView(string Severity, string Where, string Path, string Message, string Hint);

/// <summary>How a file differs from the running version.</summary>
public sealed record DiffView(string Ion, int? RunningVersion, ImmutableArray<string> Changes);

/// <summary>An ION in a list.</summary>
public sealed record IonView(string Id, int Version, string State, string Title, DateTimeOffset ChangedAt);

/// <summary>An ION with its parts.</summary>
/// <param name="Ion">Its present state.</param>
/// <param name="Source">The HOCON text as submitted.</param>
/// <param name="MergedRounds">How many rounds gave a model, in all.</param>
/// <param name="Instances">Its nodes on their agents.</param>
/// <param name="Rounds">The newest rounds.</param>
/// <param name="Models">The newest models.</param>
/// <param name="Statistics">The newest value of each statistic.</param>
public sealed record IonDetailView(
    IonView Ion,
    string Source,
    long MergedRounds,
    ImmutableArray<InstanceView> Instances,
    ImmutableArray<RoundView> Rounds,
    ImmutableArray<ModelView> Models,
    ImmutableArray<StatisticView> Statistics);

/// <summary>The servers and their partitions.</summary>
/// <param name="Members">The server hosts.</param>
/// <param name="Partitions">The partitions, by number.</param>
public sealed record ClusterView(ImmutableArray<ClusterMemberView> Members, ImmutableArray<ClusterPartitionView> Partitions);

/// <summary>A server host.</summary>
/// <param name="Host">Its identity.</param>
/// <param name="Live">Whether it was heard of a moment ago.</param>
/// <param name="SeenSecondsAgo">When it last said that it is alive, on the database's clock, seconds.</param>
/// <param name="Partitions">How many partitions it owns.</param>
public sealed record ClusterMemberView(string Host, bool Live, double SeenSecondsAgo, int Partitions);

/// <summary>A partition of the server.</summary>
/// <param name="Number">From 0.</param>
/// <param name="Owner">The host that has claimed it; null while nobody ever has.</param>
/// <param name="OwnerEpoch">How often it was claimed.</param>
/// <param name="Waiting">Control frames that wait for it at the broker and that no consumer has; null where that could not be looked up.</param>
/// <param name="Consumers">Hosts that subscribe to it, active or standing by; null where that could not be looked up.</param>
public sealed record ClusterPartitionView(int Number, string? Owner, long OwnerEpoch, long? Waiting, long? Consumers);

/// <summary>An ION node on an agent; or, with neither ION nor node, an agent that did not answer.</summary>
public sealed record InstanceView(string Ion, string Node, string Agent, string State, string Detail, DateTimeOffset ChangedAt)
{
    /// <summary>The state of an agent that was asked and did not answer.</summary>
    public const string NoAnswer = "no-answer";

    /// <summary>That an agent did not answer: what it runs is not known.</summary>
    public static InstanceView Silent(string agent, TimeSpan within, DateTimeOffset now) => new(
        string.Empty,
        string.Empty,
        agent,
        NoAnswer,
        string.Create(CultureInfo.InvariantCulture, $"did not answer within {within.TotalSeconds:0} s; eco agents says since when it is silent"),
        now);

    /// <summary>What an agent has said of a node just now.</summary>
    public static InstanceView Of(string agent, InstanceStatus status, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(status);
        return new InstanceView(
            status.Ion,
            status.Node,
            agent,
            status.State.ToString().ToLowerInvariant(),
            string.Create(
                CultureInfo.InvariantCulture, $"{status.Steps} steps{(status.Detail.Length == 0 ? string.Empty : ", " + status.Detail)}"),
            now);
    }
}

/// <summary>A merge round.</summary>
public sealed record RoundView(string Ion, string Node, long Round, string State, int Expected, int Received, string? ResultHash, DateTimeOffset ChangedAt);

/// <summary>The newest value of a statistic.</summary>
public sealed record StatisticView(string Ion, string Node, string Agent, string Name, double Value, DateTimeOffset At);

/// <summary>What an agent's statistics buffer took when it last said so.</summary>
/// <param name="Rows">Rows that waited.</param>
/// <param name="Bytes">Bytes on its disk.</param>
/// <param name="Dropped">Rows that it has dropped since its installation, exactly.</param>
public sealed record AgentBufferView(long Rows, long Bytes, long Dropped);

/// <summary>An agent.</summary>
public sealed record AgentView(
    string Id,
    string Site,
    string Role,
    ImmutableSortedDictionary<string, string> Labels,
    ImmutableArray<string> Engines,
    long Incarnation,
    bool Reachable,
    DateTimeOffset ChangedAt,
    AgentBufferView? Buffer = null);

/// <summary>A model version.</summary>
public sealed record ModelView(string Ion, string Name, long Version, string Hash, string Kind, string State, long Bytes, DateTimeOffset CreatedAt);

/// <summary>Who has a model, and where it came from.</summary>
/// <param name="Model">The model.</param>
/// <param name="Holders">Where it is or was in use.</param>
/// <param name="Parents">Hashes of the models that it was made from.</param>
/// <param name="Approvals">Who decided about it.</param>
public sealed record WhoHasView(ModelView Model, ImmutableArray<HolderView> Holders, ImmutableArray<string> Parents, ImmutableArray<ApprovalView> Approvals);

/// <summary>A use of a model.</summary>
/// <param name="Ion">The ION.</param>
/// <param name="Node">The node.</param>
/// <param name="Agent">The agent.</param>
/// <param name="Version">The version.</param>
/// <param name="Since">From when.</param>
/// <param name="Until">Until when; null while it is in use.</param>
public sealed record HolderView(string Ion, string Node, string Agent, long Version, DateTimeOffset Since, DateTimeOffset? Until);

/// <summary>A decision about a model.</summary>
public sealed record ApprovalView(string Ion, string Model, long Version, string Decision, string By, string Reason, DateTimeOffset At);

/// <summary>A line of the timeline.</summary>
/// <param name="Ordering">Its place in the journal.</param>
/// <param name="At">Wall part of its hybrid timestamp.</param>
/// <param name="Timestamp">The hybrid timestamp, <c>wall.counter@host</c>.</param>
/// <param name="Kind">Stable name.</param>
/// <param name="Ion">The ION, or null.</param>
/// <param name="Node">The node, or null.</param>
/// <param name="Agent">The agent, or null.</param>
/// <param name="Text">For people.</param>
public sealed record EventView(long Ordering, DateTimeOffset At, string Timestamp, string Kind, string? Ion, string? Node, string? Agent, string Text);

/// <summary>A rebuild of the timeline.</summary>
public sealed record RebuildView(long Events);

/// <summary>A message that could not be applied and was set aside.</summary>
/// <param name="Id">Short name.</param>
/// <param name="Receiver">The receiving entity.</param>
/// <param name="Sender">The sending entity.</param>
/// <param name="SequenceNr">Its number.</param>
/// <param name="Manifest">What it is.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Reason">Why it could not be applied.</param>
/// <param name="Bytes">The size of its payload.</param>
/// <param name="ParkedAt">Since when.</param>
public sealed record ParkedView(
    string Id,
    string Receiver,
    string Sender,
    long SequenceNr,
    string Manifest,
    int Attempts,
    string Reason,
    long Bytes,
    DateTimeOffset ParkedAt);

/// <summary>A parked message with what it says.</summary>
/// <param name="Message">The message.</param>
/// <param name="Payload">Its payload, JSON as text.</param>
/// <param name="Stack">The stack of its last attempt; empty where its host ended with it.</param>
public sealed record ParkedDetailView(ParkedView Message, string Payload, string Stack);

/// <summary>What became of a parked message.</summary>
/// <param name="Id">As it was asked for.</param>
/// <param name="Outcome"><c>replayed</c> or <c>dropped</c>.</param>
public sealed record ParkedSettledView(string Id, string Outcome);

/// <summary>Something that just happened, for live displays.</summary>
/// <param name="Kind">An event's kind, or <c>statistic</c>.</param>
/// <param name="At">When.</param>
/// <param name="Ion">The ION, or null.</param>
/// <param name="Node">The node, or null.</param>
/// <param name="Agent">The agent, or null.</param>
/// <param name="Text">For people.</param>
/// <param name="Value">The value of a statistic, else null.</param>
public sealed record LiveView(string Kind, DateTimeOffset At, string? Ion, string? Node, string? Agent, string Text, double? Value);
