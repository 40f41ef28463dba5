using System.Text;
using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;
using Eco.Runtime.Dispatch;
using Eco.Runtime.Persistence;
using Eco.Tests.Actors;
using NUnit.Framework;

namespace Eco.Tests.Cluster;

/// <summary>Messages that cannot be applied, over a journal and a transport that the test holds in its hands.</summary>
internal sealed class ParkingTests : ActorFixture
{
    private const string Here = "note/a";
    private const string There = "agent/e1/1";
    private EntityJournal _journal = null!;
    private KeptTransport _transport = null!;
    private IActorRef _asker = null!;
    private List<object> _answers = null!;
    private long _tag;

    [SetUp]
    public void StartHost()
    {
        _journal = new EntityJournal();
        _transport = new KeptTransport();
        _tag = 0;
        Notebook.Heals = false;
        (_asker, _answers) = Recorder("asker");
        EntityHost.Start(System, new EntityHostSetup(
            EntityAddress.Server,
            EntityRoutes.OfServer(1, _ => null),
            "server/1",
            _journal,
            _transport,
            Notebook.Registry,
            [new EntityType("note", id => id.StartsWith("note/", StringComparison.Ordinal), id => Props.Create(() => new Notebook(id)))],
            [],
            EntityOptions.Default,
            ICrashPoints.None));
        Run();
    }

    [Test]
    public void Message_WhenItsHandlerThrows_IsParkedAtTheThirdAttemptWithItsStack()
    {
        Deliver(1, "poison");
        Assert.That(Attempts(), Is.EqualTo(new[] { 1 }), "journalled before the actor started again");
        AdvanceSeconds(0.5);
        Assert.That(Attempts(), Is.EqualTo(new[] { 2 }));
        Assert.That(_transport.Acknowledged, Is.Empty, "not before it is settled");
        AdvanceSeconds(1);

        ParkedMessage parked = _journal.Of(Here).Parked.Single();
        Assert.That((parked.Sender, parked.SequenceNr, parked.Attempts), Is.EqualTo((There, 1L, 3)));
        Assert.That(parked.Reason, Is.EqualTo("InvalidOperationException: it cannot be heard"));
        Assert.That(parked.Detail, Does.Contain(nameof(Notebook)));
        Assert.That(Attempts(), Is.Empty);
        Assert.That(_transport.Acknowledged, Is.EqualTo(new[] { 1 }));
        Assert.That(System.Metrics.Restarts, Is.EqualTo(3));
        PoisonParked published = PublishedOf<PoisonParked>().Single();
        Assert.That((published.Receiver, published.Id), Is.EqualTo((Here, ParkedId.Of(Here, There, 1))));
    }

    [Test]
    public void Message_WhenItIsParked_LetsThoseBehindItGoOn()
    {
        Deliver(1, "poison");
        Deliver(2, "two");
        Deliver(1, "other", from: "agent/e2/1");
        AdvanceSeconds(3);

        Frame gap = _transport.Of(FrameKind.Gap).First();
        Assert.That(gap.SequenceNr, Is.EqualTo(1), "prefetched behind it, and asked for again");
        Deliver(2, "two");
        Assert.That(Lines(), Is.EqualTo(new[] { "other", "two" }));
    }

    [Test]
    public void Message_WhenItsTypeIsUnknown_IsParkedToo()
    {
        Deliver(new Frame(FrameKind.Message, There, Here, 1, 1, new HybridTimestamp(1, 0, "e1"), "no.such/1", "{}"u8.ToArray()));
        AdvanceSeconds(3);

        Assert.That(_journal.Of(Here).Parked.Single().Reason, Does.Contain("unknown manifest 'no.such/1'"));
        Assert.That(_transport.Acknowledged, Is.EqualTo(new[] { 1 }));
    }

    [TestCase(true, false)]
    [TestCase(false, true)]
    public void Message_WhenItComesAgain_IsCountedBeforeItIsHandled(bool redelivered, bool resent)
    {
        Lines();
        _journal.Holds = true;
        Deliver(Message(1, "one") with { IsResent = resent }, redelivered);
        Assert.That(_journal.Of(Here).Attempts, Is.Empty);
        Assert.That(_transport.Acknowledged, Is.Empty);
        _journal.Release();
        Run();

        Assert.That(Lines(), Is.EqualTo(new[] { "one" }));
        Assert.That(Attempts(), Is.Empty, "applied after all");
    }

    [Test]
    public void Message_WhenItsHostEndedOverItThreeTimes_IsParkedWithoutATry()
    {
        _journal.Of(Here).Attempts[There] = new InboxAttempt(There, 1, 3, string.Empty);

        Deliver(Message(1, "one") with { IsResent = true });

        Assert.That(Lines(), Is.Empty);
        Assert.That(_journal.Of(Here).Parked.Single().Reason, Does.Contain("its host ended"));
    }

    [Test]
    public void Message_WhenThreeStartsOfHostsHaveBegunIt_IsParkedWithoutATry()
    {
        InboxAttempt? begun = null;
        foreach (string writer in (string[])["server/7", "server-2/1", "server/8"])
        {
            begun = InboxAttempt.Begin(begun, There, 1, writer);
        }

        _journal.Of(Here).Attempts[There] = begun!;

        Deliver(Message(1, "one") with { IsResent = true });

        Assert.That(Lines(), Is.Empty);
        Assert.That(_journal.Of(Here).Parked.Single().Attempts, Is.EqualTo(3));
    }

    [Test]
    public void Message_WhenTwoOwnersInterruptEachOther_IsAppliedAfterAll()
    {
        // Each has lost the partition to the other one, again and again, between beginning and committing; both live.
        InboxAttempt? begun = null;
        for (int i = 0; i < 5; i++)
        {
            begun = InboxAttempt.Begin(begun, There, 1, "server-2/1");
            begun = InboxAttempt.Begin(begun, There, 1, "server/1");
        }

        _journal.Of(Here).Attempts[There] = begun!;

        Deliver(Message(1, "one") with { IsResent = true });

        Assert.That(Lines(), Is.EqualTo(new[] { "one" }));
        Assert.That(_journal.Of(Here).Parked, Is.Empty);
    }

    [Test]
    public void Replay_WhenItCanBeAppliedByNow_AppliesItOnce()
    {
        Deliver(1, "poison until replayed");
        AdvanceSeconds(3);
        Ask(new ReplayParked(There, 1));
        Assert.That(((Status.Failure)_answers.Last()).Cause.Message, Does.Contain("stays parked"));
        Assert.That(_journal.Of(Here).Parked, Has.Count.EqualTo(1));

        Notebook.Heals = true;
        Ask(new ReplayParked(There, 1));
        Assert.That(((ParkedSettled)_answers.Last()).Applied, Is.True);
        Ask(new ReplayParked(There, 1));
        Assert.That(_answers.Last(), Is.TypeOf<Status.Failure>());

        Assert.That(Lines(), Is.EqualTo(new[] { "poison until replayed" }));
        Assert.That(_journal.Of(Here).Parked, Is.Empty);
    }

    [Test]
    public void Drop_WhenItIsParked_ForgetsIt()
    {
        Deliver(1, "poison");
        AdvanceSeconds(3);

        Ask(new DropParked(There, 1));

        Assert.That(((ParkedSettled)_answers.Last()).Applied, Is.False);
        Assert.That(_journal.Of(Here).Parked, Is.Empty);
        Assert.That(Lines(), Is.Empty);
    }

    [Test]
    public void Send_WhenTheMessageIsTooLarge_IsAnsweredWithItAndKeepsNothing()
    {
        Ask(new TellOther(There, new string('x', FrameCodec.MaximumPayloadBytes)));

        Assert.That(((Status.Failure)_answers.Last()).Cause, Is.TypeOf<FrameTooLargeException>());
        Assert.That(_journal.Of(Here).Events, Is.Empty);
        Assert.That(System.Metrics.Restarts, Is.Zero);
        Ask(new TellOther(There, "small"));
        Assert.That(_transport.Of(FrameKind.Message).Single().SequenceNr, Is.EqualTo(1), "no number was lost");
    }

    [Test]
    public void Delivery_WhenItsSubscriptionIsOver_IsDroppedWithoutAnAcknowledgement()
    {
        _transport.Receiver!.Tell(
            new TransportDelivery(EntityAddress.OfPartition(0), "another tag", 1, TransportLane.Control, FrameCodec.Encode(Message(1, "one"))),
            ActorRefs.NoSender);
        Run();

        Assert.That(_transport.Acknowledged, Is.Empty);
        Assert.That(Lines(), Is.Empty);
        Assert.That(System.Extension<EntityServices>().Counters.StaleDeliveries, Is.EqualTo(1));
    }

    [Test]
    public void Counters_WhenFramesAreStaleOrComeTwice_CountThem()
    {
        Deliver(Message(1, "one") with { OwnerEpoch = 2 });
        Deliver(Message(1, "one") with { OwnerEpoch = 3 });
        Deliver(Message(2, "two") with { OwnerEpoch = 2 });

        EntityCounters counters = System.Extension<EntityServices>().Counters;
        Assert.That((counters.DuplicateIgnored, counters.StaleEpoch), Is.EqualTo((1, 1)), "a repeated message tells of the new owner, too");
        Assert.That(Lines(), Is.EqualTo(new[] { "one" }));
    }

    private int[] Attempts() => [.. _journal.Of(Here).Attempts.Values.Select(attempt => attempt.Attempts)];

    private string[] Lines()
    {
        Ask(new ReadNotebook());
        return [.. _answers.OfType<NotebookState>().Last().Lines];
    }

    private void Ask(object command)
    {
        System.Extension<EntityServices>().Router.Tell(new ToEntity(Here, command), _asker);
        Run();
    }

    private static Frame Message(long number, string text, string from = There) => new(
        FrameKind.Message, from, Here, number, 1, new HybridTimestamp(1, 0, "e1"), "test.hear/1", Encoding.UTF8.GetBytes($$"""{"Text":"{{text}}"}"""));

    private void Deliver(long number, string text, string from = There) => Deliver(Message(number, text, from));

    private void Deliver(Frame frame, bool isRedelivered = false)
    {
        _transport.Receiver!.Tell(
            new TransportDelivery(
                EntityAddress.OfPartition(0),
                _transport.Subscription!.ConsumerTag,
                ++_tag,
                TransportLane.Control,
                FrameCodec.Encode(frame),
                isRedelivered),
            ActorRefs.NoSender);
        Run();
    }
}
