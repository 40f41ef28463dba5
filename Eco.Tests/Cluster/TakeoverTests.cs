using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;
using Eco.Runtime.Simulation;
using NUnit.Framework;

namespace Eco.Tests.Cluster;

/// <summary>Partitions that move between hosts of one database: after a crash, a pause, a cut, and for balance.</summary>
internal sealed class TakeoverTests
{
    private const int Notes = 12;
    private int _said;

    [SetUp]
    public void Reset() => _said = 0;

    [Test]
    public void Start_WhenThereAreTwoServers_RunsEachPartitionOnceAndBalances()
    {
        using var group = new ServerGroup(1, 2);
        Assert.That(group.Owned["s1"], Is.EqualTo(ServerGroup.Partitions), "it was there first");

        group.World.RunFor(TimeSpan.FromSeconds(30));

        Assert.That(group.Owned.Values, Is.All.EqualTo(ServerGroup.Partitions / 2));
        Assert.That(group.Of<ServerTakeover>("s2").Select(taken => taken.Former).Distinct(), Is.EqualTo(new[] { "s1/1" }));
        Assert.That(group.Of<PartitionFenced>(), Is.Empty, "what is given up in order is not fenced");
    }

    [TestCase(2UL)]
    [TestCase(3UL)]
    public void Crash_WhenServersShareADatabase_LosesNothingAndAppliesNothingTwice(ulong seed)
    {
        using var group = new ServerGroup(seed, 3);
        group.World.RunFor(TimeSpan.FromSeconds(60));
        Say(group, 50);
        group.World.RunFor(TimeSpan.FromMilliseconds(200));

        group["s1"].Crash();
        Say(group, 50);
        group.World.RunFor(TimeSpan.FromSeconds(5));
        Assert.That(group.Owned["s2"] + group.Owned["s3"], Is.EqualTo(ServerGroup.Partitions), "taken over within five seconds");

        group["s1"].Restart();
        Say(group, 50);
        AwaitAll(group);
        group.World.RunFor(TimeSpan.FromSeconds(60));
        Assert.That(group.Owned.Values, Is.All.InRange(4, 6));
    }

    [Test]
    public void Restart_WhenTwoServersShare_IsBalancedWithinThirtySeconds()
    {
        using var group = new ServerGroup(4, 2);
        group.World.RunFor(TimeSpan.FromSeconds(40));

        group["s2"].Crash();
        group.World.RunFor(TimeSpan.FromSeconds(20));
        Assert.That(group.Owned["s1"], Is.EqualTo(ServerGroup.Partitions));
        group["s2"].Restart();
        group.World.RunFor(TimeSpan.FromSeconds(30));

        Assert.That(group.Owned.Values, Is.All.InRange((ServerGroup.Partitions / 2) - 1, (ServerGroup.Partitions / 2) + 1));
    }

    [Test]
    public void Pause_WhenTheHostWakesAgain_FindsItselfFencedAndAppendsNothing()
    {
        using var group = new ServerGroup(5, 2);
        group.World.RunFor(TimeSpan.FromSeconds(40));
        Say(group, 30);
        AwaitAll(group);

        group["s1"].Pause();
        Say(group, 30);
        group.World.RunUntil(() => group.Owned["s2"] == ServerGroup.Partitions, TimeSpan.FromSeconds(90), () => Story(group));
        AwaitAll(group);
        int before = group.Of<PartitionActivated>("s1").Count();
        group["s1"].Resume();
        Say(group, 30);
        AwaitAll(group);

        Assert.That(
            group.Of<PartitionFenced>("s1").Count() + group.Of<PartitionReleased>("s1").Count(), Is.GreaterThanOrEqualTo(before), Story(group));
    }

    [Test]
    public void Cut_WhenTwoHostsBelieveToBeActive_OneEpochAppendsAndTheOtherStops()
    {
        using var group = new ServerGroup(6, 2);
        group.World.RunFor(TimeSpan.FromSeconds(40));
        string note = NoteOn(group, "s1");

        group.World.Network.Cut("s1", SimulatedBroker.Node);
        group.World.RunUntil(() => group.Of<ServerTakeover>("s2").Count() > ServerGroup.Partitions / 2, TimeSpan.FromSeconds(80), () => Story(group));
        List<object> answers = group.Tell("s1", note, new TellOther("note/x", "from the old owner"));
        group.World.RunFor(TimeSpan.FromSeconds(75));

        Assert.That(answers, Has.No.Member("told"));
        Assert.That(group.Heard(note), Has.None.Contains("from the old owner"));

        // The database still hears s1, so that s2 offers it partitions, and takes them back when nobody comes.
        group.World.RunUntil(() => group.Owned["s2"] == ServerGroup.Partitions, TimeSpan.FromSeconds(30), () => Story(group));
        group.World.Network.HealAll();
        Say(group, 30);
        AwaitAll(group);
    }

    [Test]
    public void Cut_WhenTheBrokerGivesUpFirst_FencesTheOldHostAtItsFirstAppendOrLook()
    {
        using var group = new ServerGroup(11, 2);
        group.World.RunFor(TimeSpan.FromSeconds(40));
        string note = NoteOn(group, "s1");
        int owned = group.Owned["s1"];

        group.World.Network.Cut("s1", SimulatedBroker.Node);
        group.World.Broker.Disconnect("s1");
        group.World.RunUntil(() => OwnerOf(group, note) == "s2", TimeSpan.FromSeconds(5), () => Story(group));
        List<object> answers = group.Tell("s1", note, new TellOther("note/x", "from the old owner"));
        group.World.RunFor(TimeSpan.FromSeconds(3));

        Assert.That(group.Of<PartitionFenced>("s1").Count(), Is.EqualTo(owned), "none waits for the broker to tell");
        Assert.That(group.Of<PartitionReleased>("s1").Where(released => released.OwnerEpoch > 1), Is.Empty);
        Assert.That(answers, Has.No.Member("told"));
        Assert.That(group.Heard(note), Is.Empty);
    }

    [TestCase(7UL, Category = "Slow")]
    [TestCase(8UL)]
    public void Broker_WhenItsSemanticsAreBad_StillGivesEachMessageOnceAndInOrder(ulong seed)
    {
        using var group = new ServerGroup(seed, 3, new SimulatedBrokerFaults
        {
            ConfirmLoss = 0.05,
            PublishLoss = 0.05,
            Duplication = 0.05,
            SubscriptionLoss = 0.005,
            SilentCrash = 0.5,
            ConfirmsUnroutable = true,
            Alarm = 0.002,
            DeliveryLimit = 20,
        });
        for (int round = 0; round < 6; round++)
        {
            Say(group, 20);
            group.World.RunFor(TimeSpan.FromSeconds(20));
            string host = $"s{1 + (round % 3)}";
            group[host].Crash();
            group[host].RestartAfter(TimeSpan.FromSeconds(5));
            group.World.RunFor(TimeSpan.FromSeconds(10));
        }

        group.World.Broker.Faults = SimulatedBrokerFaults.None;
        AwaitAll(group);
    }

    [Test]
    public void ToEntity_WhenAnotherHostHasThePartition_IsCarriedOutThere()
    {
        using var group = new ServerGroup(9, 2);
        group.World.RunFor(TimeSpan.FromSeconds(40));
        string note = NoteOn(group, "s1");
        group.Tell("s1", note, new Hear("here"));
        group.World.RunFor(TimeSpan.FromSeconds(1));

        List<object> answers = group.Tell("s2", note, new ReadNotebook());
        List<object> failures = group.Tell("s2", note, new BurnNotebook());
        group.World.RunFor(TimeSpan.FromSeconds(1));

        Assert.That(((NotebookState)answers.Single()).Lines, Is.EqualTo(new[] { "here" }));
        Assert.That(((Status.Failure)failures.Single()).Cause, Is.TypeOf<TimeoutException>().And.Message.EqualTo("it does not burn"));
    }

    [Test]
    public void ToEntity_WhenTheOtherHostIsCutOff_FailsInTime()
    {
        using var group = new ServerGroup(9, 2);
        group.World.RunFor(TimeSpan.FromSeconds(40));
        string note = NoteOn(group, "s1");
        group.World.Network.Cut("s1", SimulatedBroker.Node);

        List<object> answers = group.Tell("s2", note, new ReadNotebook());
        group.World.RunFor(TimeSpan.FromSeconds(11));

        Assert.That(((Status.Failure)answers.Single()).Cause, Is.TypeOf<TimeoutException>());
    }

    [Test]
    public void ToEntity_WhenTheQuestionArrivesAfterItsAskerWasTold_IsNotCarriedOut([Range(1, 5)] int seed)
    {
        using var group = new ServerGroup((ulong)seed, 2);
        group.World.RunFor(TimeSpan.FromSeconds(40));
        string note = NoteOn(group, "s1");
        group.World.Network.Cut("s1", SimulatedBroker.Node);
        List<object> told = group.Tell("s2", note, new Hear("late"));
        group.World.RunFor(TimeSpan.FromSeconds(6));
        Assert.That(told.OfType<Status.Failure>().Count(), Is.EqualTo(1), "it is told within 5 s");

        group.World.Network.HealAll();
        group.World.RunFor(TimeSpan.FromSeconds(30));

        List<object> answers = group.Tell("s1", note, new ReadNotebook());
        group.World.RunFor(TimeSpan.FromSeconds(15));
        Assert.That(((NotebookState)answers.Single()).Lines, Has.No.Member("late"));
    }

    [Test]
    public void ToEntity_WhenTheCommandCannotTravel_SaysWhichHostHasThePartition()
    {
        using var group = new ServerGroup(9, 2);
        group.World.RunFor(TimeSpan.FromSeconds(40));
        string note = NoteOn(group, "s1");

        List<object> answers = group.Tell("s2", note, new CountLines());
        group.World.RunFor(TimeSpan.FromSeconds(1));

        var elsewhere = (EntityElsewhereException)((Status.Failure)answers.Single()).Cause;
        Assert.That((elsewhere.EntityId, elsewhere.Owner), Is.EqualTo((note, "s1/1")));
    }

    [Test]
    public void Handler_WhenItEndsItsProcess_IsParkedAfterThreeCountedAttempts()
    {
        using var group = new ServerGroup(10, 2);
        group.World.RunFor(TimeSpan.FromSeconds(40));
        int deaths = 0;
        Notebook.Deadly = () =>
        {
            deaths++;
            foreach (SimulatedHost host in group.World.Hosts.Values.Where(host => host.IsUp && host.Id == HubOwner(group)).ToArray())
            {
                host.RestartAfter(TimeSpan.FromSeconds(3));
                host.Crash();
            }
        };

        group.SayToHub("deadly");
        group.SayToHub("after it");
        group.World.RunUntil(() => group.HeardByHub().Contains("after it"), TimeSpan.FromMinutes(10), () => Story(group));

        Assert.That(deaths, Is.InRange(3, 4), "the first one is counted when it comes again");
        Assert.That(group.Of<PoisonParked>().Select(parked => parked.Attempts), Is.EqualTo(new[] { 3 }));
    }

    private static string HubOwner(ServerGroup group) => OwnerOf(group, "note/hub");

    private static string OwnerOf(ServerGroup group, string note)
    {
        int partition = Eco.Runtime.Persistence.Partitioning.PartitionOf(note, ServerGroup.Partitions);
        return group.Published.Last(entry => entry.Event is PartitionActivated activated && activated.Partition == partition).Host;
    }

    private static string NoteOn(ServerGroup group, string host) =>
        Enumerable.Range(0, 1000).Select(i => $"note/n{i}").First(note => OwnerOf(group, note) == host);

    private void Say(ServerGroup group, int count)
    {
        for (int i = 0; i < count; i++, _said++)
        {
            group.Say($"note/{_said % Notes}", $"{_said}");
        }
    }

    private void AwaitAll(ServerGroup group)
    {
        group.World.RunUntil(
            () => Enumerable.Range(0, Notes).Sum(note => group.Heard($"note/{note}").Length) >= _said,
            TimeSpan.FromMinutes(5),
            () => Story(group));
        for (int note = 0; note < Notes; note++)
        {
            int[] expected = [.. Enumerable.Range(0, _said).Where(number => number % Notes == note)];
            Assert.That(group.Heard($"note/{note}").Select(int.Parse), Is.EqualTo(expected), $"note/{note}: each once and in order");
        }

        Assert.That(group.HeardByHub().Select(int.Parse), Is.EqualTo(Enumerable.Range(0, _said)));
    }

    private static string Story(ServerGroup group) => string.Join(
        '\n',
        group.Published.TakeLast(60).Select(entry => $"{entry.Host}: {entry.Event}").Append(
            string.Join(", ", group.Owned.Select(entry => $"{entry.Key} has {entry.Value}"))));
}
