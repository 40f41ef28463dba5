using Eco.Runtime.Actors;
using NUnit.Framework;

namespace Eco.Tests.Actors;

internal sealed class TimerTests : ActorFixture
{
    [Test]
    public void SingleTimer_WhenItsTimeComes_SendsOnceAndNotBefore()
    {
        (IActorRef actor, List<object> log) = Timed();
        Do(actor, p => p.Timers.StartSingleTimer("k", "tick", TimeSpan.FromMilliseconds(1500)));
        Advance(TimeSpan.FromMilliseconds(1499));
        Assert.That(log, Is.Empty);
        Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(log, Is.EqualTo(new[] { "tick" }));
        AdvanceSeconds(10);
        Assert.That(log, Has.Count.EqualTo(1));
        Assert.That(Clock.ActiveTimers, Is.Zero);
    }

    [Test]
    public void PeriodicTimer_WhenTimePasses_SendsAtEachInterval()
    {
        (IActorRef actor, List<object> log) = Timed();
        Do(actor, p => p.Timers.StartPeriodicTimer("k", "tick", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3)));
        AdvanceSeconds(10);

        Assert.That(log, Has.Count.EqualTo(4), "at 1, 4, 7 and 10 s");
    }

    [Test]
    public void PeriodicTimer_WhenTheActorIsSlow_OneTickWaits()
    {
        (IActorRef actor, List<object> log) = Timed();
        Do(actor, p => p.Timers.StartPeriodicTimer("k", "tick", TimeSpan.FromSeconds(1)));
        Clock.Advance(TimeSpan.FromSeconds(5));
        Run();
        Assert.That(log, Has.Count.EqualTo(1));
        AdvanceSeconds(1);
        Assert.That(log, Has.Count.EqualTo(2));
    }

    [Test]
    public void Cancel_WhenTheTickWaitsInTheMailbox_ItIsNotDelivered()
    {
        (IActorRef actor, List<object> log) = Timed();
        Do(actor, p => p.Timers.StartSingleTimer("k", "tick", TimeSpan.FromSeconds(1)));
        actor.Tell((Action<Probe>)(p => p.Timers.Cancel("k")));
        Clock.Advance(TimeSpan.FromSeconds(1));
        Run();

        Assert.That(log, Is.Empty);
    }

    [Test]
    public void Start_WhenTheKeyIsInUse_ReplacesTheTimerAndItsWaitingTick()
    {
        (IActorRef actor, List<object> log) = Timed();
        Do(actor, p => p.Timers.StartSingleTimer("k", "old", TimeSpan.FromSeconds(1)));
        actor.Tell((Action<Probe>)(p => p.Timers.StartSingleTimer("k", "new", TimeSpan.FromSeconds(1))));
        Clock.Advance(TimeSpan.FromSeconds(1));
        Run();
        AdvanceSeconds(1);

        Assert.That(log, Is.EqualTo(new[] { "new" }));
    }

    [Test]
    public void Timers_WhenTheActorRestarts_AreCancelledWithTheirWaitingTicks()
    {
        (IActorRef actor, List<object> log) = Timed();
        Do(actor, p =>
        {
            p.Timers.StartSingleTimer("a", "waiting", TimeSpan.FromSeconds(1));
            p.Timers.StartPeriodicTimer("b", "later", TimeSpan.FromSeconds(2));
        });
        actor.Tell((Action<Probe>)(_ => throw new InvalidOperationException("bad")));
        Clock.Advance(TimeSpan.FromSeconds(1));
        Run();
        AdvanceSeconds(10);

        Assert.That(System.Metrics.Restarts, Is.EqualTo(1));
        Assert.That(log, Is.Empty);
        Assert.That(Clock.ActiveTimers, Is.Zero);
    }

    [Test]
    public void Timers_WhenTheActorStops_AreCancelledWithoutDeadLetters()
    {
        (IActorRef actor, _) = Timed();
        Do(actor, p => p.Timers.StartPeriodicTimer("k", "tick", TimeSpan.FromSeconds(1)));
        Clock.Advance(TimeSpan.FromSeconds(1));
        System.Stop(actor);
        Run();
        AdvanceSeconds(5);

        Assert.That(PublishedOf<DeadLetter>(), Is.Empty);
        Assert.That(Clock.ActiveTimers, Is.Zero);
    }

    [Test]
    public void IsTimerActive_ForEachState_IsRight()
    {
        (IActorRef actor, _) = Timed();
        var seen = new List<bool>();
        Do(actor, p =>
        {
            seen.Add(p.Timers.IsTimerActive("k"));
            p.Timers.StartSingleTimer("k", "tick", TimeSpan.FromSeconds(1));
            seen.Add(p.Timers.IsTimerActive("k"));
        });
        AdvanceSeconds(1);
        Do(actor, p => seen.Add(p.Timers.IsTimerActive("k")));

        Assert.That(seen, Is.EqualTo(new[] { false, true, false }));
    }

    [Test]
    public void Timer_WhenStashed_ComesBackAsItsMessage()
    {
        var log = new List<object>();
        IActorRef actor = Spawn(new Probe.Script
        {
            OnPreStart = p => p.Timers.StartSingleTimer("k", "tick", TimeSpan.FromSeconds(1)),
            OnReceive = (p, message) =>
            {
                if (message is "open")
                {
                    p.Stash.UnstashAll();
                }
                else if (log.Count == 0)
                {
                    p.Stash.Stash();
                    log.Add("stashed");
                    return true;
                }

                log.Add(message);
                return true;
            },
        });
        AdvanceSeconds(1);
        actor.Tell("open");
        Run();

        Assert.That(log, Is.EqualTo(new[] { "stashed", "open", "tick" }));
    }

    [Test]
    public void Timer_WhenItIsLongerThanClocksCanWait_WaitsInParts()
    {
        (IActorRef actor, List<object> log) = Timed();
        Do(actor, p => p.Timers.StartSingleTimer("k", "tick", TimeSpan.FromDays(90)));
        Advance(TimeSpan.FromDays(90) - TimeSpan.FromTicks(1));
        Assert.That(log, Is.Empty);
        Advance(TimeSpan.FromTicks(1));
        Assert.That(log, Is.EqualTo(new[] { "tick" }));
    }

    [Test]
    public void Timer_WhenTheClockFiresEarly_WaitsForTheRest()
    {
        var early = new EarlyClock();
        var fired = new List<long>();
        var registry = new TimerRegistry(early, System.Runner);
        registry.StartOnce("test", TimeSpan.FromTicks(25_000), () => fired.Add(early.GetTimestamp()));
        early.FireAt(20_000);
        Assert.That(fired, Is.Empty);
        Assert.That(early.LastDueTime, Is.EqualTo(TimeSpan.FromMilliseconds(1)), "rounded up to what clocks can do");
        early.FireAt(30_000);
        Assert.That(fired, Is.EqualTo(new[] { 30_000L }));
    }

    private void Do(IActorRef actor, Action<Probe> action)
    {
        actor.Tell(action);
        Run();
    }

    private (IActorRef Ref, List<object> Log) Timed()
    {
        var log = new List<object>();
        IActorRef actor = Spawn(new Probe.Script
        {
            OnReceive = (p, message) =>
            {
                if (message is Action<Probe> action)
                {
                    action(p);
                }
                else
                {
                    log.Add(message);
                }

                return true;
            },
        });
        Run();
        return (actor, log);
    }

    private sealed class EarlyClock : TimeProvider
    {
        private long _now;
        private Action? _fire;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public TimeSpan LastDueTime { get; private set; }

        public override long GetTimestamp() => _now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _fire = () => callback(state);
            return new Handle(this);
        }

        public void FireAt(long ticks)
        {
            _now = ticks;
            _fire!();
        }

        private sealed class Handle(EarlyClock clock) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                clock.LastDueTime = dueTime;
                return true;
            }

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
