using System.Collections.Immutable;
using Eco.Actors.Console;
using Eco.Runtime.Actors;

namespace Eco.Actors.Timeline;

/// <summary>The timeline port: a projection of the journal into SQL that a person can query. Outcomes arrive as messages.</summary>
public interface ITimelineStore
{
    /// <summary>
    /// Applies events and moves the offset in one transaction; events at or below the stored offset are ignored. Answers
    /// <see cref="TimelineApplied"/> or <see cref="TimelineFailed"/>.
    /// </summary>
    void Apply(ApplyToTimeline request, IActorRef replyTo);

    /// <summary>Answers <see cref="TimelineOffset"/> or <see cref="TimelineFailed"/>.</summary>
    void ReadOffset(ReadTimelineOffset request, IActorRef replyTo);

    /// <summary>Empties all tables and the offsets, so that the projection starts again; answers <see cref="TimelineApplied"/>.</summary>
    void Clear(ClearTimeline request, IActorRef replyTo);

    /// <summary>Answers a console query (a reading verb) with <see cref="TimelineAnswered"/> or <see cref="TimelineFailed"/>.</summary>
    void Query(QueryTimeline request, IActorRef replyTo);
}

/// <summary>Asks to apply projected events.</summary>
public sealed record ApplyToTimeline(long CorrelationId, ImmutableArray<ProjectedEvent> Events);

/// <summary>Applied; the offset is the last event's ordering.</summary>
public sealed record TimelineApplied(long CorrelationId, long Ordering);

/// <summary>Asks for the offset.</summary>
public sealed record ReadTimelineOffset(long CorrelationId);

/// <summary>The ordering of the last applied event; 0 for none.</summary>
public sealed record TimelineOffset(long CorrelationId, long Ordering);

/// <summary>Asks to start again.</summary>
public sealed record ClearTimeline(long CorrelationId);

/// <summary>Asks a reading verb.</summary>
public sealed record QueryTimeline(long CorrelationId, ConsoleRequest Request);

/// <summary>The verb's answer.</summary>
public sealed record TimelineAnswered(long CorrelationId, ConsoleReply Reply);

/// <summary>The store failed.</summary>
public sealed record TimelineFailed(long CorrelationId, string Reason);
