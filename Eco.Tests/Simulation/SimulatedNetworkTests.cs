using Eco.Runtime.Simulation;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Eco.Tests.Simulation;

public sealed class SimulatedNetworkTests
{
    private static readonly LinkOptions Plain = new() { Latency = TimeSpan.FromMilliseconds(10), BandwidthBytesPerSecond = 1_000_000 };

    [Test]
    public void Transmit_WhenFramesShareANetworkCard_SerialisesThemOverAllItsLinks()
    {
        using SimulatedWorld world = World(Plain, "a", "b", "c");
        var arrivals = new List<(string, double)>();
        world.Network.Transmit("a", "b", 50_000, "x", () => arrivals.Add(("b", Milliseconds(world))));
        world.Network.Transmit("a", "c", 20_000, "x", () => arrivals.Add(("c", Milliseconds(world))));
        world.Network.Transmit("b", "c", 1_000, "x", () => arrivals.Add(("b to c", Milliseconds(world))));

        world.RunToQuiescence(TimeSpan.FromMinutes(1));

        Assert.That(arrivals, Is.EqualTo(new[] { ("b to c", 11.0), ("b", 60.0), ("c", 80.0) }));
    }

    [Test]
    public void Transmit_WhenOneLinkIsSlowerThanItsCard_HoldsUpWhatGoesOverItAlone()
    {
        using SimulatedWorld world = World(Plain, "a", "b", "c");
        world.Network.Configure("a", "b", Plain with { BandwidthBytesPerSecond = 10_000 });
        var arrivals = new List<(string, double)>();
        world.Network.Transmit("a", "b", 50_000, "x", () => arrivals.Add(("b", Milliseconds(world))));
        world.Network.Transmit("a", "b", 10_000, "x", () => arrivals.Add(("b again", Milliseconds(world))));
        world.Network.Transmit("a", "c", 20_000, "x", () => arrivals.Add(("c", Milliseconds(world))));

        world.RunToQuiescence(TimeSpan.FromMinutes(1));

        Assert.That(arrivals, Is.EqualTo(new[] { ("c", 90.0), ("b", 5_010.0), ("b again", 6_010.0) }));
    }

    [Test]
    public void Transmit_WhenSitesDiffer_GoesOverTheSitesSharedCard()
    {
        var options = new SimulationOptions { Lan = Plain, Wan = Plain with { Latency = TimeSpan.FromMilliseconds(30), BandwidthBytesPerSecond = 100_000 } };
        using var world = new SimulatedWorld(5, options);
        Add(world, "a", "north");
        Add(world, "b", "north");
        Add(world, "c", "south");
        var arrivals = new List<(string, double)>();
        world.Network.Transmit("a", "c", 10_000, "x", () => arrivals.Add(("a", Milliseconds(world))));
        world.Network.Transmit("b", "c", 10_000, "x", () => arrivals.Add(("b", Milliseconds(world))));
        world.Network.Transmit("a", "b", 10_000, "x", () => arrivals.Add(("lan", Milliseconds(world))));

        world.RunToQuiescence(TimeSpan.FromMinutes(1));

        Assert.That(arrivals, Is.EqualTo(new[] { ("lan", 20.0), ("a", 130.0), ("b", 230.0) }));
    }

    /// <summary>For any frames at any times: in order, never before they could have left, never faster than the bandwidth, counted to the byte.</summary>
    [Test]
    public void Transmit_WhenThereAreNoFaults_KeepsOrderBandwidthAndCount()
    {
        Gen<(int At, int Bytes)[]> loads = Gen.Choose(0, 200).Zip(Gen.Choose(0, 30_000)).Select(p => (p.Item1, p.Item2)).ArrayOf();
        Prop.ForAll(loads.ToArbitrary(), frames =>
        {
            using SimulatedWorld world = World(Plain with { Jitter = TimeSpan.FromMilliseconds(3) }, "a", "b");
            var sent = new List<int>();
            var arrived = new List<(int Frame, double At)>();
            for (int i = 0; i < frames.Length; i++)
            {
                int frame = i;
                world.Schedule(TimeSpan.FromMilliseconds(frames[frame].At), "send", () =>
                {
                    sent.Add(frame);
                    world.Network.Transmit("a", "b", frames[frame].Bytes, "x", () => arrived.Add((frame, Milliseconds(world))));
                });
            }

            world.RunToQuiescence(TimeSpan.FromMinutes(1));
            double free = 0;
            bool isRight = arrived.Select(a => a.Frame).SequenceEqual(sent);
            foreach ((int frame, double at) in arrived)
            {
                free = Math.Max(free, frames[frame].At) + (frames[frame].Bytes / 1_000.0);
                isRight &= at >= free + 10 - 0.001;
            }

            LinkCounters? counters = world.Network.Counters.SingleOrDefault();
            return isRight && (counters?.Frames ?? 0) == frames.Length && (counters?.Bytes ?? 0) == frames.Sum(f => (long)f.Bytes)
                && (counters?.Delivered ?? 0) == frames.Length && (counters?.Dropped ?? 0) == 0;
        }).Check(Properties.Quiet);
    }

    [Test]
    public void Transmit_WhenFramesAreLostDoubledAndHeldBack_CountsEach()
    {
        using SimulatedWorld world = World(Plain with { Loss = 0.2, Duplication = 0.3, Reordering = 0.25, BandwidthBytesPerSecond = 1e9 }, "a", "b");
        var arrived = new List<int>();
        foreach (int i in Enumerable.Range(0, 2_000))
        {
            world.Network.Transmit("a", "b", 10, "x", () => arrived.Add(i));
        }

        world.RunToQuiescence(TimeSpan.FromMinutes(1));

        LinkCounters counters = world.Network.Counters.Single();
        Assert.That(counters.Dropped, Is.InRange(300, 500));
        Assert.That(counters.Duplicated, Is.InRange(380, 580));
        Assert.That(counters.Reordered, Is.InRange(300, 500));
        Assert.That(counters.Delivered, Is.EqualTo(2_000 - counters.Dropped + counters.Duplicated));
        Assert.That(arrived, Has.Count.EqualTo(counters.Delivered));
        Assert.That(arrived.Distinct().Count(), Is.EqualTo(2_000 - counters.Dropped));
        Assert.That(arrived, Is.Not.Ordered);
    }

    [Test]
    public void Cut_WhenItIsOneWay_LosesThatDirectionOnlyAndWhatIsOnItsWay()
    {
        using SimulatedWorld world = World(Plain, "a", "b");
        var arrived = new List<string>();
        world.Network.Transmit("a", "b", 1, "x", () => arrived.Add("on its way"));
        world.RunFor(TimeSpan.FromMilliseconds(5));
        world.Network.CutOneWay("a", "b");
        world.Network.Transmit("a", "b", 1, "x", () => arrived.Add("cut"));
        world.Network.Transmit("b", "a", 1, "x", () => arrived.Add("back"));
        world.RunFor(TimeSpan.FromSeconds(1));
        world.Network.HealAll();
        world.Network.Transmit("a", "b", 1, "x", () => arrived.Add("healed"));
        world.RunToQuiescence(TimeSpan.FromMinutes(1));

        Assert.That(arrived, Is.EqualTo(new[] { "back", "healed" }));
        Assert.That(world.Network.Counters[0].Dropped, Is.EqualTo(2));
    }

    [Test]
    public void Isolate_WhenAHostIsCutOff_LeavesTheOthersConnected()
    {
        using SimulatedWorld world = World(Plain, "a", "b", "c");

        world.Network.Isolate("b");

        Assert.That(world.Network.IsCut("a", "b") && world.Network.IsCut("b", "a") && world.Network.IsCut("b", "c"), Is.True);
        Assert.That(world.Network.IsCut("a", "c"), Is.False);
        world.Network.Heal("a", "b");
        Assert.That(world.Network.IsCut("b", "a"), Is.False);
        Assert.That(world.Network.IsCut("c", "b"), Is.True);
    }

    [Test]
    public void Transmit_WhenTheCardsBacklogIsFull_DropsAndCounts()
    {
        using SimulatedWorld world = World(Plain with { MaximumBacklog = TimeSpan.FromSeconds(1) }, "a", "b");
        foreach (int _ in Enumerable.Range(0, 20))
        {
            world.Network.Transmit("a", "b", 500_000, "x", () => { });
        }

        world.RunToQuiescence(TimeSpan.FromMinutes(1));

        LinkCounters counters = world.Network.Counters.Single();
        Assert.That((counters.Frames, counters.Delivered, counters.Dropped), Is.EqualTo((20L, 3L, 17L)));
    }

    [Test]
    public void Configure_WhenAnOptionOrHostIsImpossible_SaysWhich()
    {
        using SimulatedWorld world = World(Plain, "a", "b");

        Assert.That(() => world.Network.Configure("a", "b", Plain with { Loss = 1.5 }), Throws.ArgumentException.With.Message.Contains("Loss is 1.5"));
        Assert.That(() => world.Network.Configure("a", "b", Plain with { BandwidthBytesPerSecond = 0 }), Throws.ArgumentException.With.Message.Contains("Bandwidth"));
        Assert.That(() => world.Network.Cut("a", "z"), Throws.ArgumentException.With.Message.Contains("no host 'z'; it has a, b"));
    }

    private static SimulatedWorld World(LinkOptions lan, params string[] hosts)
    {
        var world = new SimulatedWorld(5, new SimulationOptions { Lan = lan });
        Array.ForEach(hosts, host => Add(world, host, "site"));
        return world;
    }

    private static void Add(SimulatedWorld world, string host, string site) =>
        world.AddHost(host, new SimulatedHostOptions { Site = site }, _ => { });

    private static double Milliseconds(SimulatedWorld world) => world.Clock.Elapsed.TotalMilliseconds;
}
