using Eco.Runtime.Actors;
using NUnit.Framework;

namespace Eco.Tests.Actors;

internal sealed class MailboxTests : ActorFixture
{
    private sealed record Heartbeat(int Number) : ITelemetryMessage;

    protected override ActorSystemSettings Configure(ActorSystemSettings settings) => settings with { MailboxCapacityPerLane = 100, Throughput = 7 };

    [Test]
    public void Lanes_WhenBothWait_ControlGoesFirstButTelemetryGetsTurns()
    {
        (IActorRef actor, List<object> log) = Recorder();
        for (int i = 0; i < 50; i++)
        {
            actor.Tell(new Heartbeat(i));
            actor.Tell(i);
        }

        Run();

        Assert.That(log.OfType<int>(), Is.EqualTo(Enumerable.Range(0, 50)));
        Assert.That(log.OfType<Heartbeat>().Select(h => h.Number), Is.EqualTo(Enumerable.Range(0, 50)), "order within the lane");
        Assert.That(log.Take(16).OfType<Heartbeat>(), Is.Empty);
        Assert.That(log.FindIndex(m => m is Heartbeat), Is.EqualTo(16));
        Assert.That(log.FindIndex(m => m is 49), Is.LessThan(54));
    }

    [Test]
    public void Control_WhenTelemetryIsFlooded_IsNotDelayed()
    {
        (IActorRef actor, List<object> log) = Recorder();
        for (int i = 0; i < 100; i++)
        {
            actor.Tell(new Heartbeat(i));
        }

        actor.Tell("control");
        Run();

        Assert.That(log[0], Is.EqualTo("control"));
    }

    [Test]
    public void Lane_WhenFull_RefusesWithItsNameAndTheOtherGoesOn()
    {
        (IActorRef actor, List<object> log) = Recorder();
        (IActorRef sender, _) = Recorder();
        Run();
        for (int i = 0; i < 101; i++)
        {
            actor.Tell(new Heartbeat(i), sender);
        }

        actor.Tell("control");
        Run();

        Assert.That(PublishedOf<MailboxFull>().Single(), Is.EqualTo(new MailboxFull(new Heartbeat(100), sender, actor, Lane.Telemetry)));
        Assert.That(log, Has.Count.EqualTo(101));
        Assert.That(System.Metrics, Has.Property("MailboxFull").EqualTo(1).And.Property("DeadLetters").EqualTo(0));
    }

    [Test]
    public void Lane_WhenDrained_TakesItsCapacityAgain()
    {
        (IActorRef actor, List<object> log) = Recorder();
        for (int round = 0; round < 5; round++)
        {
            for (int i = 0; i < 100; i++)
            {
                actor.Tell(i);
            }

            Run();
        }

        Assert.That(log, Has.Count.EqualTo(500));
        Assert.That(System.Metrics.MailboxFull, Is.Zero);
    }

    [Test]
    public void Lane_WhenFullOfDeadLetters_DoesNotGoOnForEver()
    {
        var script = new Probe.Script();
        IActorRef listener = Spawn(script);
        System.EventStream.Subscribe(listener, typeof(AllDeadLetters));
        (IActorRef dead, _) = Recorder();
        Run();
        System.Stop(dead);
        Run();
        for (int i = 0; i < 200; i++)
        {
            dead.Tell(i);
        }

        Run();
        Assert.That(script.Log, Has.Count.EqualTo(100));
        Assert.That(System.Metrics, Has.Property("DeadLetters").EqualTo(200));
    }

    [Test]
    public void Throughput_WhenUsedUp_OthersGetTheirTurn()
    {
        var log = new List<string>();
        IActorRef a = Spawn(Script(_ => log.Add("a")));
        IActorRef b = Spawn(Script(_ => log.Add("b")));
        Run();
        for (int i = 0; i < 20; i++)
        {
            a.Tell(i);
            b.Tell(i);
        }

        Run();
        Assert.That(string.Concat(log), Is.EqualTo("aaaaaaabbbbbbbaaaaaaabbbbbbbaaaaaabbbbbb"));
    }

    [Test]
    public void Segments_WhenManyMessagesComeAndGo_KeepTheOrder()
    {
        var random = new Random(1);
        var lane = default(MailboxLane);
        var pool = new MailboxSegmentPool();
        int added = 0;
        int taken = 0;
        for (int round = 0; round < 2_000; round++)
        {
            for (int i = random.Next(0, 3_000 / (1 + (round % 7 * 100))); i > 0; i--)
            {
                Add(added++);
            }

            for (int i = random.Next(0, 6_000 / (1 + (round % 7 * 100))); i > 0 && lane.TryTake(pool, out object message, out _); i--)
            {
                Assert.That(message, Is.EqualTo(taken));
                taken++;
            }

            Assert.That(lane.Waiting, Is.EqualTo(added - taken));
            lane.Settle(pool);
        }

        Assert.That(added, Is.GreaterThan(100_000));

        void Add(int value)
        {
            if (!lane.TryAddFast(value, null))
            {
                _ = lane.IsFull(int.MaxValue);
                lane.Add(value, null, pool);
            }
        }
    }
}
