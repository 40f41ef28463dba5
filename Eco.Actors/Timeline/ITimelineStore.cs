using System.Collections.Immutable;
using Eco.Actors.Console;
using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;

namespace Eco.Actors.Timeline;

/// <summary>The timeline port: a projection of the journal into SQL that a person can query. Outcomes arrive as messages.</summary>
public interface ITimelineStore
{
    /// <summary>
    /// Applies events and moves the partitions' offsets in one transaction. An offset moves only from where the request says that it is: where
    /// another projector has moved one, nothing is applied, and the answer is <see cref="TimelineMoved"/>. Otherwise it is
    /// <see cref="TimelineApplied"/> or <see cref="TimelineFailed"/>.
    /// </summary>
    void Apply(ApplyToTimeline request, IActorRef replyTo);

    /// <summary>Reads the offsets; answers <see cref="TimelineOffsets"/> or <see cref="TimelineFailed"/>.</summary>
    void ReadOffsets(ReadTimelineOffsets request, IActorRef replyTo);

    /// <summary>Empties all tables and the offsets, so that the projection starts again; answers <see cref="TimelineApplied"/>.</summary>
    void Clear(ClearTimeline request, IActorRef replyTo);

    /// <summary>Answers a console query (a reading verb) with <see cref="TimelineAnswered"/> or <see cref="TimelineFailed"/>.</summary>
    void Query(QueryTimeline request, IActorRef replyTo);
}

/// <summary>Asks to apply projected events.</summary>
/// <param name="CorrelationId">Comes back with the answer.</param>
/// <param name="Events">In order.</param>
/// <param name="From">The offsets of the partitions that move, as the asker knows them.</param>
/// <param name="To">The same partitions, in the same order, after the events.</param>
public sealed record ApplyToTimeline(
    long CorrelationId, ImmutableArray<ProjectedEvent> Events, ImmutableArray<PartitionPosition> From, ImmutableArray<PartitionPosition> To);

/// <summary>Applied, or emptied: what was asked for is durable.</summary>
public sealed record TimelineApplied(long CorrelationId);

/// <summary>Another projector has moved an offset; nothing was applied.</summary>
public sealed record TimelineMoved(long CorrelationId);

/// <summary>Asks for the offsets.</summary>
public sealed record ReadTimelineOffsets(long CorrelationId);

/// <summary>The offsets of all partitions that have one; those of the others are 0.</summary>
public sealed record TimelineOffsets(long CorrelationId, ImmutableArray<PartitionPosition> Offsets);

/// <summary>Asks to start again.</summary>
public sealed record ClearTimeline(long CorrelationId);

/// <summary>Asks a reading verb.</summary>
public sealed record QueryTimeline(long CorrelationId, ConsoleRequest Request);

/// <summary>The verb's answer.</summary>
public sealed record TimelineAnswered(long CorrelationId, ConsoleReply Reply);

/// <summary>The store failed.</summary>
public sealed record TimelineFailed(long CorrelationId, string Reason);
