using Eco.Host.Fleet;
using Eco.Tests.Actors;
using NUnit.Framework;

namespace Eco.Tests.Fleet;

/// <summary>How a fleet waits for what takes as long as the machine makes it take.</summary>
public sealed class PollingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly ManualClock _clock = new();
    private long _reached;

    [SetUp]
    public void BeginAnew() => _reached = 0;

    [Test]
    public void UntilAsync_WhenThereIsProgress_WaitsFarBeyondItsTime()
    {
        Task wait = Wait(() => _reached == 8);

        for (int step = 0; step < 8; step++)
        {
            Advance(TimeSpan.FromSeconds(9));
            Assert.That(wait.IsCompleted, Is.False);
            _reached++;
            Advance(TimeSpan.FromSeconds(1));
        }

        Assert.That(wait.IsCompletedSuccessfully, Is.True);
    }

    [Test]
    public void UntilAsync_WhenNothingHasMovedForItsTime_SaysHowFarItCame()
    {
        Task wait = Wait(() => false);
        Advance(TimeSpan.FromSeconds(9));
        _reached = 3;
        Advance(TimeSpan.FromSeconds(9));
        Assert.That(wait.IsCompleted, Is.False);

        Advance(TimeSpan.FromSeconds(2));

        Assert.That(
            wait.Exception?.InnerException,
            Is.TypeOf<TimeoutException>().With.Message.EqualTo("not within 10 s without progress: all are there; last seen: 3 of 8"));
    }

    private Task Wait(Func<bool> condition) => Polling.UntilAsync(
        "all are there", () => Task.FromResult(condition()), Patience, _clock, progress: new WaitProgress(() => _reached, () => $"{_reached} of 8"));

    // Without the runner's context, so that the wait goes on within the step that wakes it.
    private void Advance(TimeSpan time)
    {
        SynchronizationContext? runner = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            _clock.Advance(time);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(runner);
        }
    }
}
