using System.Globalization;
using Eco.Runtime.Actors;
using Eco.Runtime.Actors.Routing;
using Eco.Runtime.Simulation;
using NUnit.Framework;

namespace Eco.Tests.Actors.Routing;

internal sealed class ConsistentHashingTests : RouterFixture
{
    private static readonly string[] Keys = [.. Enumerable.Range(0, 1000).Select(i => $"key-{i.ToString(CultureInfo.InvariantCulture)}")];

    [SetUp]
    public void Forget() => Log.Clear();

    [Test]
    public void Message_WhenItHasAKey_GoesToTheSameRouteeEachTime()
    {
        IActorRef router = NewRouter(Worker.WithRouter(new ConsistentHashingPool(5)));
        Send(router, [.. Keys.Concat(Keys).Select(key => new Keyed(key))]);

        Assert.That(OwnersByKey().Values.Select(owners => owners.Count), Is.All.EqualTo(1));
        Assert.That(OwnersByKey().Values.SelectMany(owners => owners).Distinct().Count(), Is.EqualTo(5));
    }

    [Test]
    public void Keys_WhenThereAreManyPoints_AreSpreadEvenly()
    {
        IActorRef router = NewRouter(Worker.WithRouter(new ConsistentHashingPool(4) { VirtualNodesFactor = 200 }));
        Send(router, [.. Keys.Select(key => new Keyed(key))]);

        int[] shares = [.. Log.GroupBy(line => line[..2]).Select(group => group.Count())];
        Assert.That(shares, Has.Length.EqualTo(4).And.All.InRange(190, 310));
    }

    [Test]
    public void Keys_WhenARouteeStops_OnlyItsOwnMove()
    {
        IActorRef router = NewRouter(Worker.WithRouter(new ConsistentHashingPool(5)));
        Send(router, [.. Keys.Select(key => new Keyed(key))]);
        Dictionary<string, SortedSet<string>> before = OwnersByKey();
        IActorRef stopped = RouteeAt(router, 2);
        System.Stop(stopped);
        Run();
        Log.Clear();
        Send(router, [.. Keys.Select(key => new Keyed(key))]);
        Dictionary<string, SortedSet<string>> after = OwnersByKey();

        string[] moved = [.. Keys.Where(key => before[key].Single() != after[key].Single())];
        Assert.That(moved, Is.Not.Empty);
        Assert.That(moved.Select(key => before[key].Single()), Is.All.EqualTo(stopped.Path.Name));
    }

    [Test]
    public void Keys_WhenARouteeIsAdded_MoveOnlyToIt()
    {
        IActorRef router = NewRouter(Worker.WithRouter(new ConsistentHashingPool(4)));
        Send(router, [.. Keys.Select(key => new Keyed(key))]);
        Dictionary<string, SortedSet<string>> before = OwnersByKey();
        Log.Clear();
        Send(router, new AdjustPoolSize(1));
        Send(router, [.. Keys.Select(key => new Keyed(key))]);
        Dictionary<string, SortedSet<string>> after = OwnersByKey();

        string[] moved = [.. Keys.Where(key => before[key].Single() != after[key].Single())];
        Assert.That(moved, Is.Not.Empty);
        Assert.That(moved.Select(key => after[key].Single()), Is.All.EqualTo("$e"));
    }

    [Test]
    public void Group_WhenMessagesHaveKeys_KeepsThemTogether()
    {
        IActorRef router = NewRouter(new ConsistentHashingGroup(Workers("x", "y", "z")).Props());
        Send(router, [.. Keys.Concat(Keys).Select(key => new Keyed(key))]);

        Assert.That(OwnersByKey().Values.Select(owners => owners.Count), Is.All.EqualTo(1));
    }

    [Test]
    public void HashMapping_WhenItGivesAKey_GoesBeforeTheMessagesOwn()
    {
        IActorRef router = NewRouter(Worker.WithRouter(new ConsistentHashingPool(5)
        {
            HashMapping = message => message switch
            {
                string text => text.Length,
                Keyed => "all the same",
                _ => null,
            },
        }));
        Send(router, [.. Keys.Select(key => new Keyed(key))]);
        Assert.That(Log.Select(line => line[..2]).Distinct().Count(), Is.EqualTo(1));

        Log.Clear();
        Send(router, "aa", "bb", "cc");
        Assert.That(Log.Select(line => line[..2]).Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public void Envelope_WhenItCarriesTheKey_IsOpenedForTheRoutee()
    {
        IActorRef router = NewRouter(Worker.WithRouter(new ConsistentHashingPool(5)));
        Send(router, new ConsistentHashableEnvelope("inside", "k"), new Keyed("k"));

        Assert.That(Log, Has.Count.EqualTo(2));
        Assert.That(Log[0], Does.EndWith(":inside"));
        Assert.That(Log[0][..2], Is.EqualTo(Log[1][..2]));
    }

    [Test]
    public void Message_WhenItHasNoKey_IsADeadLetter()
    {
        IActorRef router = NewRouter(Worker.WithRouter(new ConsistentHashingPool(2)));
        Send(router, "no key", new ConsistentHashableEnvelope("odd key", new List<int>()));

        Assert.That(Log, Is.Empty);
        Assert.That(PublishedOf<DeadLetter>().Select(letter => letter.Message), Is.EqualTo(new[] { "no key", "odd key" }));
    }

    [Test]
    public void Hash_WhenTheProcessIsAnother_IsTheSame()
    {
        // Written down once: were it string.GetHashCode, every process would give others.
        Assert.That(ConsistentHash.Of("ion/factory/merge"), Is.EqualTo(ReferenceHash("ion/factory/merge"u8)));
        Assert.That(ConsistentHash.TryHash(12.5, out ulong number) && number == ConsistentHash.Of("12.5"));
        Assert.That(ConsistentHash.TryHash(new byte[] { 49 }, out ulong bytes) && bytes == ConsistentHash.Of("1"));
        Assert.That(ConsistentHash.TryHash(DayOfWeek.Friday, out ulong day) && day == ConsistentHash.Of("Friday"));
        Assert.That(ConsistentHash.Of("ion/factory/merge").ToString("x16", CultureInfo.InvariantCulture), Is.EqualTo("4684789dd5d2a3ce"));
    }

    [Test]
    public void Router_InTheSimulatedWorld_GivesAKeyTheSameRouteeWhateverTheSeed()
    {
        List<string>[] runs = [.. new ulong[] { 1, 2 }.Select(Simulate)];

        Assert.That(runs[0], Has.Count.EqualTo(Keys.Length));
        Assert.That(runs[1].Order(StringComparer.Ordinal), Is.EqualTo(runs[0].Order(StringComparer.Ordinal)));
    }

    private List<string> Simulate(ulong seed)
    {
        Log.Clear();
        using var world = new SimulatedWorld(seed);
        SimulatedHost host = world.AddHost("host", new SimulatedHostOptions(), _ => { });
        IActorRef router = host.System.ActorOf(Worker.WithRouter(new ConsistentHashingPool(4)), "router");
        foreach (string key in Keys)
        {
            router.Tell(new Keyed(key), ActorRefs.NoSender);
        }

        world.RunToQuiescence(TimeSpan.FromMinutes(1));
        return [.. Log];
    }

    /// <summary>FNV-1a and the finaliser, written from their definitions.</summary>
    private static ulong ReferenceHash(ReadOnlySpan<byte> bytes)
    {
        UInt128 hash = 0xcbf29ce484222325;
        foreach (byte b in bytes)
        {
            hash = (ulong)((hash ^ b) * 0x100000001b3);
        }

        ulong value = (ulong)hash;
        foreach (ulong factor in new[] { 0xff51afd7ed558ccdUL, 0xc4ceb9fe1a85ec53UL })
        {
            value ^= value >> 33;
            value = unchecked(value * factor);
        }

        return value ^ (value >> 33);
    }

    private Dictionary<string, SortedSet<string>> OwnersByKey()
    {
        Dictionary<string, SortedSet<string>> owners = [];
        foreach (string[] parts in Log.Select(line => line.Split(':', 2)))
        {
            if (!owners.TryGetValue(parts[1], out SortedSet<string>? set))
            {
                owners.Add(parts[1], set = new SortedSet<string>(StringComparer.Ordinal));
            }

            set.Add(parts[0]);
        }

        return owners;
    }

    private sealed record Keyed(string Key) : IConsistentHashable
    {
        public object ConsistentHashKey => Key;

        public override string ToString() => Key;
    }
}
