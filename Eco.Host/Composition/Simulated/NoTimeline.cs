using Eco.Actors.Timeline;
using Eco.Runtime.Actors;

namespace Eco.Host.Composition.Simulated;

/// <summary>
/// Stands where a cluster keeps no timeline: it never says how far it is, so that nothing is read from the journal for it, and it refuses
/// what is asked of it.
/// </summary>
internal sealed class NoTimeline : ITimelineStore
{
    private const string Reason = "this cluster keeps no timeline";

    public void Apply(ApplyToTimeline request, IActorRef replyTo) => replyTo.Tell(new TimelineFailed(request.CorrelationId, Reason), null);

    public void ReadOffsets(ReadTimelineOffsets request, IActorRef replyTo)
    {
    }

    public void Clear(ClearTimeline request, IActorRef replyTo) => replyTo.Tell(new TimelineFailed(request.CorrelationId, Reason), null);

    public void Query(QueryTimeline request, IActorRef replyTo) => replyTo.Tell(new TimelineFailed(request.CorrelationId, Reason), null);
}
