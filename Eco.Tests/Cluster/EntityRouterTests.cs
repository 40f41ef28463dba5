using System.Text;
using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;
using Eco.Runtime.Dispatch;
using Eco.Runtime.Persistence;
using Eco.Tests.Actors;
using NUnit.Framework;

namespace Eco.Tests.Cluster;

/// <summary>Entities of one host over a journal and a transport that the test holds in its hands.</summary>
internal sealed class EntityRouterTests : ActorFixture
{
    private const string Here = "note/a";
    private const string Neighbour = "note/b";
    private const string There = "agent/e1/1";
    private EntityJournal _journal = null!;
    private KeptTransport _transport = null!;
    private IActorRef _host = null!;
    private IActorRef _router = null!;
    private IActorRef _asker = null!;
    private List<object> _answers = null!;
    private long _tag;

    [SetUp]
    public void StartRouter()
    {
        _journal = new EntityJournal();
        _tag = 0;
        (_asker, _answers) = Recorder("asker");
        Boot(System);
    }

    [Test]
    public void Send_WhenTheAppendHasNotCommitted_NeitherSendsNorAnswers()
    {
        Lines(Here);
        _journal.Holds = true;

        Tell(There, "one");
        Assert.That(_transport.Sent, Is.Empty);
        Assert.That(_answers, Has.No.Member("told"));
        _journal.Release();
        Run();

        Frame frame = _transport.Of(FrameKind.Message).Single();
        Assert.That((frame.From, frame.To, frame.SequenceNr, frame.OwnerEpoch), Is.EqualTo((Here, There, 1L, 7L)));
        Assert.That(_answers, Has.Member("told"));
    }

    [Test]
    public void Ask_WhenThereIsNothingToDo_IsAnsweredOnlyWhenTheJournalConfirmsTheOwner()
    {
        Lines(Here);
        _answers.Clear();
        _journal.Holds = true;
        _router.Tell(new ToEntity(Here, new CountLines()), _asker);
        Run();
        Assert.That(_answers, Is.Empty);
        _journal.Release();
        Run();
        Assert.That(_answers, Is.EqualTo(new object[] { 0 }));

        _journal.FailsFor = Here;
        _router.Tell(new ToEntity(Here, new CountLines()), _asker);
        Run();
        Assert.That(_answers, Has.Count.EqualTo(1), "the state may be one that another owner has left behind");
    }

    [Test]
    public void Delivery_WhenItComesTwice_IsAppliedOnceAndAcknowledgedTogether()
    {
        Deliver(1, "one");
        Deliver(1, "one");
        Assert.That(_transport.Acknowledged, Is.EqualTo(new[] { 1, 2 }));
        Assert.That(_transport.Sent, Is.Empty, "the acknowledgement waits for a message to ride on");

        AdvanceSeconds(0.1);

        Frame frame = _transport.Sent.Single();
        Assert.That((frame.Kind, frame.From, frame.To, frame.SequenceNr), Is.EqualTo((FrameKind.Acknowledgement, Here, There, 1L)));
        Assert.That(Lines(Here), Is.EqualTo(new[] { "one" }));
    }

    [Test]
    public void Delivery_WhenTheEntitySendsSomethingBack_IsAcknowledgedByIt()
    {
        Deliver(1, "one");
        Tell(There, "two");
        AdvanceSeconds(1);

        Assert.That(_transport.Sent.Single().Acknowledged, Is.EqualTo(1));
    }

    [Test]
    public void Delivery_WhenOneBeforeItIsMissing_IsAskedForAgain()
    {
        Deliver(2, "two");

        Frame gap = _transport.Of(FrameKind.Gap).Single();
        Assert.That((gap.From, gap.To, gap.SequenceNr), Is.EqualTo((Here, There, 1L)));
        Assert.That(_transport.Acknowledged, Is.EqualTo(new[] { 1 }));
        Deliver(1, "one");
        Deliver(2, "two");
        Assert.That(Lines(Here), Is.EqualTo(new[] { "one", "two" }));
    }

    [Test]
    public void Delivery_WhenItsSendersClaimIsStale_IsDropped()
    {
        Deliver(1, "one", epoch: 2);
        Deliver(2, "stale", epoch: 1);
        Deliver(2, "two", epoch: 2);

        Assert.That(Lines(Here), Is.EqualTo(new[] { "one", "two" }));
        Assert.That(_transport.Acknowledged, Is.EqualTo(new[] { 1, 2, 3 }));
    }

    [Test]
    public void Gap_WhenTheOtherSideAsks_SendsAllFromThereAgain()
    {
        Tell(There, "one");
        Tell(There, "two");
        _transport.Sent.Clear();

        Deliver(new Frame(FrameKind.Gap, There, Here, 2, 1, new HybridTimestamp(1, 0, "e1"), null, []));

        Assert.That(_transport.Of(FrameKind.Message).Select(frame => frame.SequenceNr), Is.EqualTo(new[] { 2 }));
        Assert.That(_journal.Of(Here).Outbox.Select(row => row.SequenceNr), Is.EqualTo(new[] { 2 }), "what lies below is applied there");
    }

    [Test]
    public void Send_WhenTheTransportDoesNotConfirm_IsRepeatedAtGrowingDistances()
    {
        _transport.Result = TransportResult.Unknown;
        Tell(There, "one");

        AdvanceSeconds(15);

        Assert.That(_transport.Sent, Has.Count.EqualTo(4), "at 0, 2, 6 and 14 s");
    }

    [Test]
    public void Send_WhenTheReceiverIsHeardFromAfterARefusal_IsRepeatedAtOnce()
    {
        _transport.Result = TransportResult.Unroutable;
        Tell(There, "one");
        Tell(There, "two");
        _transport.Result = TransportResult.Confirmed;
        _transport.Sent.Clear();

        Whisper("here I am");
        Assert.That(_transport.Of(FrameKind.Message).Select(frame => frame.SequenceNr), Is.EqualTo(new[] { 1, 2 }));

        Whisper("still here");
        Assert.That(_transport.Of(FrameKind.Message).ToArray(), Has.Length.EqualTo(2), "once for each refusal");
    }

    [Test]
    public void Send_WhenItIsConfirmedButNeverAcknowledged_IsProbedSlowly()
    {
        Tell(There, "one");
        Tell(There, "two");
        AdvanceSeconds(59);
        Assert.That(_transport.Sent, Has.Count.EqualTo(2));

        AdvanceSeconds(2);
        Assert.That(_transport.Sent.Skip(2).Select(frame => frame.SequenceNr), Is.EqualTo(new[] { 1 }));
        Acknowledge(2);
        AdvanceSeconds(100);

        Assert.That(_transport.Sent, Has.Count.EqualTo(3));
        Assert.That(_journal.Of(Here).Outbox, Is.Empty);
    }

    [Test]
    public void Entity_WhenItStartsAgain_HasItsStateAndSendsItsOutboxAgain()
    {
        for (int i = 1; i <= 5; i++)
        {
            Tell(There, $"{i}");
        }

        Acknowledge(2);
        Deliver(1, "in");
        System.Stop(_host);
        Run();
        Assert.That(_journal.Of(Here).Snapshot, Is.Not.Null);

        Boot(ActorSystem.Create("second", new ActorSystemSettings { Dispatcher = Dispatcher, TimeProvider = Clock, Random = new SeededRandomSource(1) }));
        Assert.That(_transport.Of(FrameKind.Message).Select(frame => frame.SequenceNr), Is.EqualTo(new[] { 3, 4, 5 }));
        Assert.That(Lines(Here), Is.EqualTo(new[] { "told 1", "told 2", "told 3", "told 4", "told 5", "in" }));
        Deliver(1, "in");
        Assert.That(Lines(Here), Has.Length.EqualTo(6), "the inbox survives too");
    }

    [Test]
    public void Send_WhenTheReceiverLivesHere_IsDeliveredWithoutTheTransport()
    {
        Tell(Neighbour, "one");
        Tell(Neighbour, "two");
        AdvanceSeconds(60);

        Assert.That(Lines(Neighbour), Is.EqualTo(new[] { "one", "two" }));
        Assert.That(_transport.Sent, Is.Empty);
        Assert.That(_journal.Of(Here).Outbox, Is.Empty);
    }

    [Test]
    public void Delivery_WhenItsHandlerFails_IsKeptAndTheOthersGoOn()
    {
        Deliver(1, "poison");
        Deliver(1, "one", from: "agent/e2/1");
        Deliver(1, "one", to: Neighbour);

        Assert.That(System.Metrics.Restarts, Is.EqualTo(1));
        Assert.That(_transport.Acknowledged, Is.EqualTo(new[] { 2, 3 }));
        Assert.That(Lines(Here), Is.EqualTo(new[] { "one" }));
        Assert.That(Lines(Neighbour), Is.EqualTo(new[] { "one" }));
        Assert.That(_journal.Of(Here).Inbox.Keys, Is.EqualTo(new[] { "agent/e2/1" }));
    }

    [Test]
    public void Delivery_WhenTheEntityStopsOverIt_IsAppliedWhenTheEntityHasStartedAgain()
    {
        Lines(Here);
        _journal.FailsFor = Here;
        Deliver(1, "one");
        Assert.That(_transport.Acknowledged, Is.Empty, "the transport keeps it");
        AdvanceSeconds(2);

        Assert.That(Lines(Here), Is.EqualTo(new[] { "one" }));
        Assert.That(_transport.Acknowledged, Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public void Frame_WhenItCanNeverBeApplied_IsGivenUpAndCounted()
    {
        Deliver("{not json"u8.ToArray());
        Deliver(1, "x", to: "agent/e1/1");
        Deliver(1, "x", to: "stranger/x");
        Deliver(1, "x", to: "note/ä b");
        Deliver(new Frame(FrameKind.Volatile, There, Here, 0, 1, new HybridTimestamp(1, 0, "e1"), "no.such/1", "{}"u8.ToArray()));

        Assert.That(_transport.Acknowledged, Is.EqualTo(new[] { 1, 2, 3, 4, 5 }));
        Assert.That(PublishedOf<FrameGivenUp>().Select(given => given.Total), Is.EqualTo(new[] { 1, 2, 3, 4, 5 }));
        Assert.That(System.Metrics.Restarts, Is.Zero);
        Deliver(1, "one");
        Assert.That(Lines(Here), Is.EqualTo(new[] { "one" }));
    }

    [Test]
    public void Volatile_WhenSentAndDelivered_NeedsNoOutboxAndNoInbox()
    {
        _router.Tell(new PostVolatile(Here, There, new Hear("hi")), ActorRefs.NoSender);
        _router.Tell(new PostVolatile(Here, Neighbour, new Hear("hi")), ActorRefs.NoSender);
        Whisper("hello");

        Assert.That(_transport.Sent.Single().Kind, Is.EqualTo(FrameKind.Volatile));
        Assert.That(Lines(Neighbour), Is.EqualTo(new[] { "whispered hi" }));
        Assert.That(Lines(Here), Is.EqualTo(new[] { "whispered hello" }));
        Assert.That(_journal.Of(Here).Inbox, Is.Empty);
    }

    [Test]
    public void Router_WhenItHasFailed_IsRestartedAndGoesOn()
    {
        _transport.FailsOnce = true;
        Tell(There, "one");
        Assert.That(System.Metrics.Restarts, Is.GreaterThanOrEqualTo(1));

        Deliver(1, "one");

        Assert.That(Lines(Here), Does.Contain("one"));
    }

    [Test]
    public void ToEntity_WhenItLivesElsewhere_IsRefused()
    {
        _router.Tell(new ToEntity(There, new ReadNotebook()), _asker);
        Run();

        Assert.That(_answers.Single(), Is.TypeOf<Status.Failure>());
    }

    private void Boot(ActorSystem system)
    {
        _transport = new KeptTransport();
        IActorRef host = EntityHost.Start(system, new EntityHostSetup(
            EntityAddress.Server,
            EntityRoutes.OfServer(1, _ => null),
            "server/1",
            _journal,
            _transport,
            Notebook.Registry,
            [new EntityType("note", IsNote, NoteOf)],
            [],
            EntityOptions.Default with { SnapshotEvery = 3 },
            ICrashPoints.None));
        Run();
        _host = host;
        _router = system.Extension<EntityServices>().Router;
    }

    private static bool IsNote(string id) => id.StartsWith("note/", StringComparison.Ordinal);

    private static Props NoteOf(string id) => Props.Create(() => new Notebook(id));

    private void Tell(string to, string text)
    {
        _router.Tell(new ToEntity(Here, new TellOther(to, text)), _asker);
        Run();
    }

    private string[] Lines(string entity)
    {
        _router.Tell(new ToEntity(entity, new ReadNotebook()), _asker);
        Run();
        return [.. _answers.OfType<NotebookState>().Last().Lines];
    }

    private void Acknowledge(long upTo) =>
        Deliver(new Frame(FrameKind.Acknowledgement, There, Here, upTo, 1, new HybridTimestamp(1, 0, "e1"), null, []));

    private void Deliver(long number, string text, long epoch = 1, string from = There, string to = Here) => Deliver(new Frame(
        FrameKind.Message, from, to, number, epoch, new HybridTimestamp(1, 0, "e1"), "test.hear/1",
        Encoding.UTF8.GetBytes($$"""{"Text":"{{text}}"}""")));

    private void Whisper(string text) => Deliver(new Frame(
        FrameKind.Volatile, There, Here, 0, 1, new HybridTimestamp(1, 0, "e1"), "test.hear/1", Encoding.UTF8.GetBytes($$"""{"Text":"{{text}}"}""")));

    private void Deliver(Frame frame) => Deliver(FrameCodec.Encode(frame));

    private void Deliver(byte[] bytes)
    {
        _transport.Receiver!.Tell(new TransportDelivery(EntityAddress.OfPartition(0), _transport.Subscription!.ConsumerTag, ++_tag, TransportLane.Control, bytes), ActorRefs.NoSender);
        Run();
    }
}
