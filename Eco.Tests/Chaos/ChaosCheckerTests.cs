using System.Collections.Immutable;
using Eco.Actors;
using Eco.Actors.Agents.Instances;
using Eco.Actors.Ions;
using Eco.Actors.Models;
using Eco.Host.Campaigns.Workload;
using Eco.Host.Chaos;
using Eco.Runtime.Persistence;
using NUnit.Framework;

namespace Eco.Tests.Chaos;

/// <summary>Journals in which something is wrong, and what the checker says of each.</summary>
public sealed class ChaosCheckerTests
{
    private static readonly ImmutableSortedDictionary<string, ImmutableArray<ClientCommand>> Nothing =
        ImmutableSortedDictionary<string, ImmutableArray<ClientCommand>>.Empty;

    [Test]
    public void Check_WhenAllIsWell_CountsMessagesBetweenAgentsAndServersOnly()
    {
        ChaosFindings found = ChaosChecker.Check(
            Journals(sent: [("agent/a/1", "proxy/a", 7), ("proxy/a", "ion/x/n", 5)], booked: [("agent/a/1", "proxy/a", 7), ("proxy/a", "ion/x/n", 5)]),
            Nothing);

        Assert.That((found.Confirmed, found.Lost, found.Duplicates, found.Stale), Is.EqualTo((7L, 0L, 0L, 0L)));
    }

    [Test]
    public void Check_WhenMessagesAreMissingParkedOrInvented_CountsEach()
    {
        ChaosFindings found = ChaosChecker.Check(
            Journals(sent: [("agent/a/1", "proxy/a", 7), ("proxy/a", "agent/a/1", 3)], booked: [("agent/a/1", "proxy/a", 5), ("proxy/a", "agent/a/1", 4)])
                with { Parked = ["one"] },
            Nothing);

        Assert.That((found.Lost, found.Duplicates), Is.EqualTo((3L, 1L)));
        Assert.That(found.Remarks, Has.Length.EqualTo(3));
    }

    [Test]
    public void Check_WhenAnOldOwnerStillWrites_CountsWhatItStored()
    {
        ChaosFindings found = ChaosChecker.Check(
            Journals() with
            {
                ServerEvents = [Held(1, 1, true), Held(2, 2, false) with { Epoch = 2, Writer = "b" }, Held(3, 3, true), Held(4, 4, false) with { Epoch = 2, Writer = "c" }],
            },
            Nothing);

        Assert.That(found.Stale, Is.EqualTo(2));
    }

    [Test]
    public void Check_WhenAnEventIsMissingOrTwice_CountsIt()
    {
        ChaosFindings found = ChaosChecker.Check(Journals() with { ServerEvents = [Held(1, 1, true), Held(2, 3, false), Held(3, 3, true)] }, Nothing);

        Assert.That((found.Lost, found.Duplicates), Is.EqualTo((1L, 1L)));
    }

    [TestCase(2, 0L, 0L)]
    [TestCase(1, 1L, 0L)]
    [TestCase(3, 0L, 1L)]
    public void Check_WhenCommandsAreCarriedOutMoreOrLessOften_SaysSo(int effects, long lost, long duplicates)
    {
        ImmutableArray<ClientCommand> commands =
            [new ClientCommand(0, ClientVerb.Pause, 1) { IsAccepted = true }, new ClientCommand(0, ClientVerb.Resume, 2) { IsAccepted = true }];

        ChaosFindings found = ChaosChecker.Check(
            Journals() with { ServerEvents = [.. Enumerable.Range(1, effects).Select(number => Held(number, number, number % 2 == 1))] },
            Nothing.Add("x", commands));

        Assert.That((found.Lost, found.Duplicates), Is.EqualTo((lost, duplicates)));
    }

    [Test]
    public void Check_WhenAnotherCommandWasCarriedOut_SaysWhich()
    {
        ChaosFindings found = ChaosChecker.Check(
            Journals() with { ServerEvents = [Held(1, 1, true)] },
            Nothing.Add("x", [new ClientCommand(0, ClientVerb.Submit, 1) { IsAccepted = true }]));

        Assert.That(found.Duplicates, Is.EqualTo(1));
        Assert.That(found.Remarks[0], Does.Contain("has carried out Pause as its command 1, which was Submit"));
    }

    [Test]
    public void Check_WhenAnAgentGoesBackToAnOlderVersion_CountsIt()
    {
        ChaosFindings found = ChaosChecker.Check(Journals() with { AgentEvents = [Applied(1, 4), Applied(2, 5), Applied(3, 4)] }, Nothing);

        Assert.That(found.Stale, Is.EqualTo(1));
    }

    [TestCase(10, 8, 2, 0, 0, 0L, 0L)]
    [TestCase(10, 6, 2, 2, 0, 0L, 0L)]
    [TestCase(10, 6, 2, 1, 0, 1L, 0L)]
    [TestCase(10, 9, 2, 0, 0, 0L, 1L)]
    [TestCase(10, 8, 2, 0, 3, 0L, 3L)]
    public void Check_WhenStatisticsDoNotAddUp_CountsThem(long recorded, long stored, long held, long dropped, long repeated, long lost, long duplicates)
    {
        ChaosFindings found = ChaosChecker.Check(
            Journals() with { Statistics = [new ChaosStatistics("a", recorded, stored, held, dropped, repeated)] }, Nothing);

        Assert.That((found.Lost, found.Duplicates), Is.EqualTo((lost, duplicates)));
    }

    [Test]
    public void Takeover_WhenAnIdlePartitionHasNoEvents_IsOfThoseThatHadWork()
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(100_000);
        ILookup<int, StoredEvent> events = new[]
        {
            At(1, 1, 99_500), At(1, 2, 100_400), At(2, 1, 99_900), At(2, 1, 100_100), At(2, 2, 101_200), At(3, 1, 90_000), At(3, 2, 130_000),
        }.ToLookup(e => e.Partition);

        TakeoverTimes? times = TakeoverTimes.Of(new ChaosFault(at, "server-kill", "server-1", "") { Owned = [(1, 1), (2, 1), (3, 1)] }, events);

        Assert.That(times, Is.EqualTo(new TakeoverTimes(400, 1200, 2)));
        Assert.That(TakeoverTimes.Of(new ChaosFault(at, "server-kill", "server-1", "") { Owned = [(3, 1)] }, events), Is.Null);
    }

    private static StoredEvent At(int partition, long epoch, long milliseconds) => Held(1, 1, true) with { Partition = partition, Epoch = epoch, CreatedMilliseconds = milliseconds };

    private static ChaosJournals Journals(
        (string Sender, string Receiver, long Number)[]? sent = null, (string Sender, string Receiver, long Number)[]? booked = null) =>
        new([], [], Numbers(sent), Numbers(booked), [], []);

    private static ImmutableSortedDictionary<(string Sender, string Receiver), long> Numbers((string Sender, string Receiver, long Number)[]? rows) =>
        (rows ?? []).ToImmutableSortedDictionary(row => (row.Sender, row.Receiver), row => row.Number);

    private static StoredEvent Held(long ordering, long number, bool held) => Event(ordering, "ion/x", number, new IonHoldChanged(held));

    private static StoredEvent Applied(long number, long version) =>
        Event(number, "agent/a/1/x/n", number, new ModelApplied("learn", new ModelReference("merge.combine", version, "hash", "kmeans/1", 1, null), 1));

    private static StoredEvent Event(long ordering, string entity, long number, object e)
    {
        (string manifest, byte[] payload) = EcoManifests.Registry.Encode(e);
        return new StoredEvent(0, ordering, entity, number, 0, manifest, payload, "a", 1, new HybridTimestamp(ordering, 0, "a"));
    }
}
