using Eco.Runtime.Simulation;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Eco.Tests.Simulation;

public sealed class VirtualTimeTests
{
    private SimulatedWorld _world = null!;

    [SetUp]
    public void Open() => _world = new SimulatedWorld(1);

    [TearDown]
    public void Close() => _world.Dispose();

    [Test]
    public void Timer_WhenItIsPeriodic_FiresAtExactTimesUntilItIsDisposed()
    {
        var times = new List<double>();
        ITimer? timer = null;
        timer = _world.TimeProvider.CreateTimer(
            _ =>
            {
                times.Add(_world.Clock.Elapsed.TotalSeconds);
                if (times.Count == 4)
                {
                    timer!.Dispose();
                }
            },
            null,
            TimeSpan.FromSeconds(1),
            TimeSpan.FromSeconds(0.5));

        _world.RunToQuiescence(TimeSpan.FromHours(1));

        Assert.That(times, Is.EqualTo(new[] { 1, 1.5, 2, 2.5 }));
        Assert.That(_world.Clock.Elapsed, Is.EqualTo(TimeSpan.FromSeconds(2.5)));
        Assert.That(timer.Change(TimeSpan.Zero, TimeSpan.Zero), Is.False);
    }

    [Test]
    public void Timer_WhenItIsChanged_FiresOnlyAtTheNewTime()
    {
        var times = new List<TimeSpan>();
        using ITimer timer = _world.TimeProvider.CreateTimer(_ => times.Add(_world.Clock.Elapsed), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        timer.Change(TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);

        _world.RunFor(TimeSpan.FromSeconds(10));

        Assert.That(times, Is.EqualTo(new[] { TimeSpan.FromSeconds(3) }));
        Assert.That(_world.Clock.Elapsed, Is.EqualTo(TimeSpan.FromSeconds(10)));
    }

    [Test]
    public void Timer_WhenItIsCancelledInTheSameInstant_DoesNotFire()
    {
        // Of two that are due together each cancels the other: exactly one fires, whatever the seed picks.
        var fired = new List<string>();
        ITimer first = null!;
        ITimer second = null!;
        first = _world.TimeProvider.CreateTimer(_ => Fire("first", second), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        second = _world.TimeProvider.CreateTimer(_ => Fire("second", first), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        _world.RunToQuiescence(TimeSpan.FromHours(1));

        Assert.That(fired, Has.Count.EqualTo(1));

        void Fire(string name, ITimer other)
        {
            fired.Add(name);
            other.Dispose();
        }
    }

    [TestCase(-2)]
    [TestCase(-1_000)]
    public void Timer_WhenItsTimeIsNegative_IsRefused(int milliseconds) =>
        Assert.That(
            () => _world.TimeProvider.CreateTimer(_ => { }, null, TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan),
            Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void Timers_WhenAnyAreStartedAndSomeCancelled_TheOthersFireInTheOrderOfTheirTimes()
    {
        Gen<(int Due, bool IsCancelled)[]> plans = Gen.Choose(0, 50).Zip(Gen.Elements(true, false)).Select(pair => (pair.Item1, pair.Item2)).ArrayOf();
        Prop.ForAll(plans.ToArbitrary(), plan =>
        {
            using var world = new SimulatedWorld(3);
            var fired = new List<int>();
            ITimer[] timers =
            [
                .. plan.Select(p => world.TimeProvider.CreateTimer(
                    _ => fired.Add((int)world.Clock.Elapsed.TotalSeconds), null, TimeSpan.FromSeconds(p.Due), Timeout.InfiniteTimeSpan)),
            ];
            for (int i = 0; i < plan.Length; i++)
            {
                if (plan[i].IsCancelled)
                {
                    timers[i].Dispose();
                }
            }

            world.RunToQuiescence(TimeSpan.FromHours(1));
            return fired.SequenceEqual(plan.Where(p => !p.IsCancelled).Select(p => p.Due).Order());
        }).Check(Properties.Quiet);
    }

    [Test]
    public void SameInstant_WhenSeedsDiffer_RunsInDifferentOrders()
    {
        string[] orders = [.. Enumerable.Range(0, 20).Select(seed => OrderOf((ulong)seed))];

        Assert.That(orders.Distinct().Count(), Is.GreaterThan(10));
        Assert.That(orders, Is.EqualTo(Enumerable.Range(0, 20).Select(seed => OrderOf((ulong)seed))));

        static string OrderOf(ulong seed)
        {
            using var world = new SimulatedWorld(seed);
            var order = new List<int>();
            foreach (int i in Enumerable.Range(0, 8))
            {
                world.Schedule(TimeSpan.FromSeconds(1), "step", () => order.Add(i));
            }

            world.RunToQuiescence(TimeSpan.FromMinutes(1));
            return string.Concat(order);
        }
    }

    [Test]
    public void Dates_WhenAHostsClockIsWrong_DifferWhileTimersAndTimestampsDoNot()
    {
        SimulatedHost right = _world.AddHost("right", new SimulatedHostOptions(), _ => { });
        SimulatedHost wrong = _world.AddHost(
            "wrong", new SimulatedHostOptions { ClockSkew = TimeSpan.FromDays(-3650), ClockDriftPartsPerMillion = 100 }, _ => { });
        long before = wrong.TimeProvider.GetTimestamp();
        TimeSpan? fired = null;
        using ITimer timer = wrong.TimeProvider.CreateTimer(_ => fired = _world.Clock.Elapsed, null, TimeSpan.FromSeconds(10_000), Timeout.InfiniteTimeSpan);

        _world.RunFor(TimeSpan.FromSeconds(10_000));

        Assert.That(fired, Is.EqualTo(TimeSpan.FromSeconds(10_000)));
        Assert.That(wrong.TimeProvider.GetElapsedTime(before), Is.EqualTo(TimeSpan.FromSeconds(10_000)));
        Assert.That(right.TimeProvider.GetUtcNow(), Is.EqualTo(VirtualClock.Start.AddSeconds(10_000)));
        Assert.That(wrong.TimeProvider.GetUtcNow(), Is.EqualTo(VirtualClock.Start.AddSeconds(10_001).AddDays(-3650)));
        wrong.ClockSkew = TimeSpan.Zero;
        wrong.Restart();
        Assert.That(wrong.TimeProvider.GetUtcNow(), Is.EqualTo(VirtualClock.Start.AddSeconds(10_001)), "a restart sets no clock right");
    }

    [Test]
    public void RunUntil_WhenTheLimitPasses_SaysSeedTimeAndWhatWasSeen()
    {
        using ITimer timer = _world.TimeProvider.CreateTimer(_ => { }, null, TimeSpan.Zero, TimeSpan.FromSeconds(1));

        Assert.That(
            () => _world.RunUntil(() => false, TimeSpan.FromSeconds(5), () => "3 of 4 agents"),
            Throws.TypeOf<SimulationTimeoutException>()
                .With.Message.Contains("seed 1").And.Message.Contains("00:00:05").And.Message.Contains("3 of 4 agents").And.Message.Contains("timer"));
    }

    [Test]
    public void RunUntil_WhenNothingIsLeft_SaysSoInsteadOfWaiting() =>
        Assert.That(
            () => _world.RunUntil(() => false, TimeSpan.FromDays(1)),
            Throws.TypeOf<SimulationTimeoutException>().With.Message.Contains("nothing is left to happen"));

    [Test]
    public void Run_WhenAStepThrows_SaysSeedAndCause()
    {
        _world.Schedule(TimeSpan.FromSeconds(1), "bad step", () => throw new FormatException("broken"));

        SimulationFailedException? failure = Assert.Throws<SimulationFailedException>(() => _world.RunFor(TimeSpan.FromSeconds(2)));

        Assert.That(failure!.Seed, Is.EqualTo(1));
        Assert.That(failure.InnerException, Is.TypeOf<FormatException>());
        Assert.That(failure.Message, Does.Contain("broken").And.Contain("seed 1").And.Contain("bad step"));
    }

    [Test]
    public void Run_WhenStepsFollowForEverWithoutTime_Ends()
    {
        using var world = new SimulatedWorld(1, new SimulationOptions { MaximumStepsAtOneInstant = 1_000 });
        Again();

        Assert.That(() => world.RunFor(TimeSpan.FromSeconds(1)), Throws.TypeOf<SimulationFailedException>().With.Message.Contains("more than 1000 steps"));

        void Again() => world.Schedule(TimeSpan.Zero, "again", Again);
    }

    [Test]
    public void Run_WhenASecondThreadComesIn_IsRefused()
    {
        Exception? refusal = null;
        _world.Schedule(TimeSpan.FromSeconds(1), "thread", () =>
        {
            var thread = new Thread(() => refusal = Assert.Catch(() => _world.Schedule(TimeSpan.Zero, "x", () => { })));
            thread.Start();
            thread.Join();
        });

        _world.RunFor(TimeSpan.FromSeconds(2));

        Assert.That(refusal, Is.TypeOf<InvalidOperationException>().With.Message.Contains("second thread"));
    }
}
