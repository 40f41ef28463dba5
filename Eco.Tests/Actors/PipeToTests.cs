using Eco.Runtime.Actors;
using NUnit.Framework;

namespace Eco.Tests.Actors;

internal sealed class PipeToTests : ActorFixture
{
    [Test]
    public void PipeTo_WhenTheTaskEnds_SendsTheResultOnTheCompletingThread()
    {
        (IActorRef actor, List<object> log) = Recorder();
        var source = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        source.Task.PipeTo(actor);
        source.SetResult("done");
        Run();

        Assert.That(log, Is.EqualTo(new[] { "done" }), "no thread pool in between");
    }

    [Test]
    public void PipeTo_WhenTheTaskHasEnded_SendsAtOnce()
    {
        (IActorRef actor, List<object> log) = Recorder();
        Task.FromResult("done").PipeTo(actor, success: r => r.ToUpperInvariant());
        Run();

        Assert.That(log, Is.EqualTo(new[] { "DONE" }));
    }

    [Test]
    public void PipeTo_WhenTheTaskFails_SendsTheFailure()
    {
        (IActorRef actor, List<object> log) = Recorder();
        var cause = new FormatException("bad");
        Task.FromException<string>(cause).PipeTo(actor);
        Task.FromException<string>(cause).PipeTo(actor, failure: e => e.Message);
        Run();

        Assert.That(log, Is.EqualTo(new object[] { new Status.Failure(cause), "bad" }));
    }

    [Test]
    public void PipeTo_WhenTheTaskIsCancelled_SendsTheFailure()
    {
        (IActorRef actor, List<object> log) = Recorder();
        Task.FromCanceled<string>(new CancellationToken(true)).PipeTo(actor);
        Run();

        Assert.That(((Status.Failure)log.Single()).Cause, Is.TypeOf<TaskCanceledException>());
    }

    [Test]
    public void PipeTo_WhenTheFunctionThrows_SendsThatFailure()
    {
        (IActorRef actor, List<object> log) = Recorder();
        Task.FromResult(1).PipeTo(actor, success: _ => throw new FormatException("bad function"));
        Run();

        Assert.That(((Status.Failure)log.Single()).Cause.Message, Is.EqualTo("bad function"));
    }

    [Test]
    public void PipeTo_WhenTheResultIsNull_SendsAFailure()
    {
        (IActorRef actor, List<object> log) = Recorder();
        Task.FromResult<string?>(null).PipeTo(actor);
        Run();

        Assert.That(((Status.Failure)log.Single()).Cause, Is.TypeOf<InvalidMessageException>());
    }

    [Test]
    public void PipeTo_WhenTheTaskHasNoResult_SendsOnlyWhatIsAskedFor()
    {
        (IActorRef actor, List<object> log) = Recorder();
        Task.CompletedTask.PipeTo(actor);
        Task.CompletedTask.PipeTo(actor, success: () => "ended");
        Task.FromException(new FormatException("bad")).PipeTo(actor, failure: e => e.Message);
        Run();

        Assert.That(log, Is.EqualTo(new[] { "ended", "bad" }));
    }

    [Test]
    public void PipeTo_WhenInsideAnActor_ShowsTheActorAsSender()
    {
        IActorRef? seen = null;
        var source = new TaskCompletionSource<string>();
        IActorRef last = Spawn(new Probe.Script
        {
            OnReceive = (p, _) =>
            {
                seen = p.Sender;
                return true;
            },
        });
        IActorRef piping = Spawn(new Probe.Script { OnPreStart = _ => source.Task.PipeTo(last) });
        Run();
        source.SetResult("x");
        Run();

        Assert.That(seen, Is.SameAs(piping));
    }
}
