using System.Collections.Immutable;
using Eco.Runtime.Actors;

namespace Eco.Runtime.Persistence.Statistics;

/// <summary>
/// The statistics port: named numbers over time, in a file of their own that may lose its last moments at a power cut (the journal never
/// does). One file plays one of two parts: an agent's bounded buffer (<see cref="Record"/>, <see cref="ReadAfter"/>,
/// <see cref="AcknowledgeUpTo"/>) or the server's store (<see cref="Ingest"/>, <see cref="Latest"/>). Calls return nothing; each outcome
/// arrives at <c>replyTo</c> with the request's correlation id, a failure as <see cref="StatisticsFailed"/>.
/// </summary>
public interface IStatisticsStore
{
    /// <summary>
    /// Buffers rows, each with the next local number. Beyond the bound rows are dropped, the lowest priority first and of it the oldest,
    /// and counted exactly. Answers <see cref="StatisticsRecorded"/>.
    /// </summary>
    void Record(RecordStatistics request, IActorRef replyTo);

    /// <summary>Reads buffered rows in order of their numbers; answers <see cref="StatisticsPage"/>.</summary>
    void ReadAfter(ReadStatisticsAfter request, IActorRef replyTo);

    /// <summary>
    /// Frees all rows up to a number; answers <see cref="StatisticsAcknowledged"/>. A number that was never given out means that this file
    /// took the place of a lost one: then nothing is freed, and the rows get numbers above it.
    /// </summary>
    void AcknowledgeUpTo(AcknowledgeStatistics request, IActorRef replyTo);

    /// <summary>
    /// Stores an agent's rows; a row whose (agent, incarnation, number) is already stored, or lies below the agent's stored position, is
    /// ignored. Answers <see cref="StatisticsIngested"/>.
    /// </summary>
    void Ingest(IngestStatistics request, IActorRef replyTo);

    /// <summary>Reads the newest value of one statistic for each agent; answers <see cref="StatisticsLatest"/>.</summary>
    void Latest(QueryLatestStatistics request, IActorRef replyTo);
}

/// <summary>A value that has no number yet.</summary>
/// <param name="Ion">The ION.</param>
/// <param name="Node">The ION node.</param>
/// <param name="Agent">The agent.</param>
/// <param name="Name">The statistic, such as <c>component.metric</c>.</param>
/// <param name="Value">Finite.</param>
/// <param name="Timestamp">When it was made.</param>
/// <param name="Priority">What a full buffer gives up first.</param>
public sealed record NewStatistic(
    string Ion,
    string Node,
    string Agent,
    string Name,
    double Value,
    HybridTimestamp Timestamp,
    StatisticPriority Priority = StatisticPriority.Metric);

/// <summary>A value with its number.</summary>
/// <param name="SequenceNr">Gapless on the agent that recorded it, from 1.</param>
/// <param name="Ion">The ION.</param>
/// <param name="Node">The ION node.</param>
/// <param name="Agent">The agent.</param>
/// <param name="Name">The statistic.</param>
/// <param name="Value">Finite.</param>
/// <param name="Timestamp">When it was made.</param>
public sealed record StatisticsRow(
    long SequenceNr,
    string Ion,
    string Node,
    string Agent,
    string Name,
    double Value,
    HybridTimestamp Timestamp);

/// <summary>Asks to buffer rows.</summary>
public sealed record RecordStatistics(long CorrelationId, ImmutableArray<NewStatistic> Rows);

/// <summary>The rows are buffered.</summary>
/// <param name="CorrelationId">The request's.</param>
/// <param name="Dropped">Rows dropped since the file was made.</param>
public sealed record StatisticsRecorded(long CorrelationId, long Dropped);

/// <summary>Asks for buffered rows.</summary>
/// <param name="CorrelationId">Comes back with the answer.</param>
/// <param name="AfterSequenceNr">Rows with a greater number are read.</param>
/// <param name="Limit">At most so many, 1 to 10,000.</param>
public sealed record ReadStatisticsAfter(long CorrelationId, long AfterSequenceNr, int Limit);

/// <summary>Buffered rows, in order of their numbers; numbers that were dropped are missing.</summary>
/// <param name="CorrelationId">The request's.</param>
/// <param name="Rows">The rows.</param>
/// <param name="Usage">What the buffer takes and has dropped since the file was made.</param>
public sealed record StatisticsPage(long CorrelationId, ImmutableArray<StatisticsRow> Rows, StatisticsUsage Usage)
{
    /// <summary>Rows dropped since the file was made.</summary>
    public long Dropped => Usage.Dropped.Total;
}

/// <summary>Asks to free all rows up to a number.</summary>
public sealed record AcknowledgeStatistics(long CorrelationId, long UpTo);

/// <summary>The rows are freed.</summary>
public sealed record StatisticsAcknowledged(long CorrelationId);

/// <summary>Asks to store an agent's rows.</summary>
/// <param name="CorrelationId">Comes back with the answer.</param>
/// <param name="Agent">The agent.</param>
/// <param name="Incarnation">Its incarnation; numbers start again with each.</param>
/// <param name="Dropped">Rows that the agent has dropped so far.</param>
/// <param name="Rows">
/// In order of their numbers, beginning with the oldest row that the agent still holds: numbers that are missing before and between
/// them are lost for good and count as such.
/// </param>
public sealed record IngestStatistics(
    long CorrelationId,
    string Agent,
    long Incarnation,
    long Dropped,
    ImmutableArray<StatisticsRow> Rows)
{
    /// <summary>What the agent says of its buffer; null where it says nothing (an older agent).</summary>
    public StatisticsUsage? Usage { get; init; }
}

/// <summary>The rows are stored.</summary>
/// <param name="CorrelationId">The request's.</param>
/// <param name="Agent">The agent.</param>
/// <param name="UpTo">The agent's position: all up to this number are stored or counted as dropped.</param>
public sealed record StatisticsIngested(long CorrelationId, string Agent, long UpTo);

/// <summary>Asks for the newest value of one statistic for each agent.</summary>
public sealed record QueryLatestStatistics(long CorrelationId, string Ion, string Node, string Name);

/// <summary>The newest value for each agent that has one, in order of agents.</summary>
public sealed record StatisticsLatest(long CorrelationId, ImmutableArray<StatisticsRow> Rows);

/// <summary>The call failed; nothing of it was done.</summary>
public sealed record StatisticsFailed(long CorrelationId, string Reason);
