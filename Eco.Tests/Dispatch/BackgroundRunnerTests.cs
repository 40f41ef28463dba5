using Eco.Runtime.Dispatch;
using Eco.Tests.Actors;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace Eco.Tests.Dispatch;

internal sealed class BackgroundRunnerTests
{
    private BackgroundRunner _runner = null!;
    private List<BackgroundFailure> _escalated = null!;

    [SetUp]
    public void SetUp()
    {
        _escalated = [];
        _runner = new BackgroundRunner(NullLoggerFactory.Instance);
        _runner.EscalateTo(_escalated.Add);
    }

    [Test]
    public void Run_WhenTheActionThrows_CountsAndEscalates()
    {
        var cause = new FormatException("bad");

        Assert.That(_runner.Run("work", () => throw cause), Is.False);
        Assert.That(_escalated, Is.EqualTo(new[] { new BackgroundFailure("work", cause) }));
        Assert.That(_runner.Failures, Is.EqualTo(1));
    }

    [Test]
    public void Run_WhenTheActionSucceeds_SaysSo()
    {
        Assert.That(_runner.Run("work", static x => x.Add("a"), new List<string>()));
        Assert.That(_escalated, Is.Empty);
    }

    [Test]
    public void Report_WhenASupervisorFails_TheOthersAreStillTold()
    {
        var runner = new BackgroundRunner(NullLoggerFactory.Instance);
        runner.EscalateTo(_ => throw new InvalidOperationException("no"));
        runner.EscalateTo(_escalated.Add);
        runner.Report("work", new FormatException("bad"));

        Assert.That(_escalated, Has.Count.EqualTo(1));
        Assert.That(runner.Failures, Is.EqualTo(2));
    }

    [Test]
    public void Queue_WhenTheActionThrows_Escalates()
    {
        var dispatcher = new QueueDispatcher();
        _runner.Queue("work", dispatcher, () => throw new FormatException("bad"));
        Assert.That(_escalated, Is.Empty, "not before it runs");
        dispatcher.RunAll();

        Assert.That(_escalated, Has.Count.EqualTo(1));
    }

    [Test]
    public void CreateTimer_WhenTheCallbackThrows_EscalatesAndGoesOn()
    {
        var clock = new ManualClock();
        using ITimer timer = _runner.CreateTimer("tick", clock, () => throw new FormatException("bad"), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        clock.Advance(TimeSpan.FromSeconds(2));

        Assert.That(_escalated, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task RunLoop_WhenCancelled_IsNoFailure()
    {
        using var cancel = new CancellationTokenSource();
        Task loop = _runner.RunLoop("loop", token => Task.Delay(Timeout.Infinite, token), cancel.Token);
        await cancel.CancelAsync();
        await loop;

        Assert.That(_escalated, Is.Empty);
    }

    [Test]
    public async Task RunLoop_WhenItThrows_EscalatesAndTheTaskDoesNotFault()
    {
        await _runner.RunLoop("loop", _ => throw new FormatException("bad"), CancellationToken.None);
        await _runner.RunLoop("loop", async _ => await Task.FromException(new FormatException("bad")), CancellationToken.None);

        Assert.That(_escalated, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Observe_WhenTheTaskFails_Escalates()
    {
        await _runner.Observe("task", Task.FromException(new FormatException("bad")));
        await _runner.Observe("task", Task.CompletedTask);

        Assert.That(_escalated.Single().Activity, Is.EqualTo("task"));
    }
}
