using System.Data.Common;
using Eco.Actors.Timeline;
using Eco.Actors.Timeline.Sql;
using Eco.Runtime.Actors;

namespace Eco.Host.Composition;

/// <summary>The timeline port over SQL; where and when the calls run is the caller's choice, so that both worlds share it.</summary>
/// <param name="database">The tables.</param>
/// <param name="reader">Answers the reading verbs.</param>
/// <param name="run">Runs a call: on a worker thread, or on the virtual clock. The text names it in traces.</param>
internal sealed class TimelineStore(TimelineDatabase database, TimelineReader reader, Action<string, Action> run) : ITimelineStore
{
    public void Apply(ApplyToTimeline request, IActorRef replyTo) => Run("timeline apply", request.CorrelationId, replyTo, () =>
        database.Apply(request.Events, request.From, request.To) ? new TimelineApplied(request.CorrelationId) : new TimelineMoved(request.CorrelationId));

    public void ReadOffsets(ReadTimelineOffsets request, IActorRef replyTo) => Run("timeline offsets", request.CorrelationId, replyTo, () =>
        new TimelineOffsets(request.CorrelationId, database.Offsets()));

    public void Clear(ClearTimeline request, IActorRef replyTo) => Run("timeline clear", request.CorrelationId, replyTo, () =>
    {
        database.Clear();
        return new TimelineApplied(request.CorrelationId);
    });

    public void Query(QueryTimeline request, IActorRef replyTo) => Run("timeline query", request.CorrelationId, replyTo, () =>
        new TimelineAnswered(request.CorrelationId, reader.Answer(request.Request)));

    private void Run(string what, long correlationId, IActorRef replyTo, Func<object> call) => run(what, () =>
    {
        object outcome;
        try
        {
            outcome = call();
        }
        catch (DbException e)
        {
            outcome = new TimelineFailed(correlationId, e.Message);
        }
        catch (Exception e)
        {
            // A defect: whoever waits is told, and the worker's runner reports it.
            replyTo.Tell(new TimelineFailed(correlationId, $"{e.GetType().Name}: {e.Message}"), null);
            throw;
        }

        replyTo.Tell(outcome, null);
    });
}
