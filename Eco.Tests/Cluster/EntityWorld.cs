using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;

namespace Eco.Tests.Cluster;

/// <summary>Durable: write this down.</summary>
public sealed record Hear(string Text);

/// <summary>Event: something was written down.</summary>
public sealed record Heard(string Text);

/// <summary>What was written down.</summary>
public sealed record NotebookState(ImmutableArray<string> Lines);

[JsonSerializable(typeof(Hear))]
[JsonSerializable(typeof(Heard))]
[JsonSerializable(typeof(NotebookState))]
[JsonSerializable(typeof(AskFailed))]
[JsonSerializable(typeof(AskReady))]
[JsonSerializable(typeof(ReadNotebook))]
[JsonSerializable(typeof(BurnNotebook))]
internal sealed partial class EntityTestJson : JsonSerializerContext;

internal sealed record TellOther(string To, string Text);

internal sealed record ReadNotebook;

/// <summary>A command that fails.</summary>
internal sealed record BurnNotebook;

/// <summary>A command that cannot travel.</summary>
internal sealed record CountLines;

/// <summary>An entity that writes down what it hears.</summary>
internal sealed class Notebook(string id) : EntityActor<NotebookState>(id, new NotebookState([]))
{
    public static MessageRegistry Registry { get; } = new MessageRegistry.Builder()
        .Add("test.hear/1", EntityTestJson.Default.Hear)
        .Add("test.heard/1", EntityTestJson.Default.Heard)
        .Add("test.notebook/1", EntityTestJson.Default.NotebookState)
        .Add("test.failed/1", EntityTestJson.Default.AskFailed)
        .Add("test.ready/1", EntityTestJson.Default.AskReady)
        .Add("test.read/1", EntityTestJson.Default.ReadNotebook)
        .Add("test.burn/1", EntityTestJson.Default.BurnNotebook)
        .Build();

    protected override Decision Decide(object command, string? from) => command switch
    {
        TellOther tell => Decision.Of(new Heard($"told {tell.Text}")).Send(tell.To, new Hear(tell.Text)).Replying("told"),
        Hear { Text: "poison" } => throw new InvalidOperationException("it cannot be heard"),
        Hear { Text: "poison until replayed" } when !Heals => throw new InvalidOperationException("it cannot be heard yet"),
        Hear { Text: "deadly" } => Die(),
        Hear hear when hear.Text.StartsWith("pass ", StringComparison.Ordinal) => Pass(hear.Text.Split(' ')),
        Hear hear => Decision.Of(new Heard(hear.Text)),
        VolatileDelivery { Message: Hear hear } => Decision.Of(new Heard($"whispered {hear.Text}")),
        ReadNotebook => Decision.Answer(State),
        CountLines => Decision.Answer(State.Lines.Length),
        BurnNotebook => Decision.Answer(new Status.Failure(new TimeoutException("it does not burn"))),
        _ => throw new InvalidOperationException($"{command.GetType().Name} is not understood"),
    };

    /// <summary>What <c>deadly</c> does: ends the host.</summary>
    public static Action Deadly { get; set; } = () => { };

    /// <summary>Whether what was poison can be heard by now.</summary>
    public static bool Heals { get; set; }

    // "pass note/3 text": written down, and passed on.
    private static Decision Pass(string[] words) => Decision.Of(new Heard(words[2])).Send(words[1], new Hear(words[2]));

    private static Decision Die()
    {
        Deadly();
        return Decision.Nothing;
    }

    protected override NotebookState Apply(NotebookState state, object @event) =>
        state with { Lines = state.Lines.Add(((Heard)@event).Text) };
}

/// <summary>A transport that only keeps what it is given; the test delivers.</summary>
internal sealed class KeptTransport : ITransport
{
    public List<Frame> Sent { get; } = [];

    public List<long> Acknowledged { get; } = [];

    public TransportResult Result { get; set; } = TransportResult.Confirmed;

    public bool FailsOnce { get; set; }

    public IActorRef? Receiver { get; private set; }

    public void Send(TransportSend send, IActorRef replyTo)
    {
        if (FailsOnce)
        {
            FailsOnce = false;
            throw new IOException("as the test wants");
        }

        Frame frame = FrameCodec.Decode(send.Frame);
        if (frame.Kind == FrameKind.Tick)
        {
            // The only consumer gets what it has sent to itself.
            Receiver!.Tell(new TransportDelivery(send.To, Subscription!.ConsumerTag, 0, TransportLane.Control, send.Frame), ActorRefs.NoSender);
            return;
        }

        Sent.Add(frame);
        if (send.Lane == TransportLane.Control)
        {
            replyTo.Tell(new TransportOutcome(send.CorrelationId, Result), ActorRefs.NoSender);
        }
    }

    public TransportSubscription? Subscription { get; private set; }

    public List<(string Alias, string Address)> Bound { get; } = [];

    public void Subscribe(TransportSubscription subscription, IActorRef receiver) => (Subscription, Receiver) = (subscription, receiver);

    public void Unsubscribe(string address, string consumerTag)
    {
    }

    public void Acknowledge(string address, string consumerTag, long deliveryTag) => Acknowledged.Add(deliveryTag);

    public void Bind(string alias, string address) => Bound.Add((alias, address));

    public void Inspect(InspectQueues request, IActorRef replyTo) => replyTo.Tell(new QueuesInspected(request.CorrelationId, []), ActorRefs.NoSender);

    public IEnumerable<Frame> Of(FrameKind kind) => Sent.Where(frame => frame.Kind == kind);
}

/// <summary>A journal in memory with outbox and inbox; appends wait while it holds.</summary>
internal sealed class EntityJournal : IJournal
{
    private readonly SortedDictionary<string, Book> _books = new(StringComparer.Ordinal);
    private readonly Queue<Action> _held = [];

    /// <summary>Each claim raises it.</summary>
    public long Epoch { get; set; } = 6;

    public bool Holds { get; set; }

    public string? FailsFor { get; set; }

    public void Release()
    {
        Holds = false;
        while (_held.TryDequeue(out Action? append))
        {
            append();
        }
    }

    public Book Of(string id) => _books.TryGetValue(id, out Book? book) ? book : _books[id] = new Book();

    public void Append(AppendRequest request, IActorRef replyTo)
    {
        if (request.PersistenceId == FailsFor)
        {
            FailsFor = null;
            replyTo.Tell(new AppendFailed(request.CorrelationId, AppendFailureReason.Overloaded, "as the test wants"));
        }
        else if (Holds)
        {
            _held.Enqueue(() => Write(request, replyTo));
        }
        else
        {
            Write(request, replyTo);
        }
    }

    public void Recover(RecoverRequest request, IActorRef replyTo)
    {
        Book book = Of(request.PersistenceId);
        replyTo.Tell(new RecoveryStarted(
            request.CorrelationId, book.Snapshot, [.. book.Outbox], [.. book.Positions.Values], [.. book.Inbox.Values], [.. book.Attempts.Values]));
        long after = book.Snapshot?.SequenceNr ?? 0;
        replyTo.Tell(new RecoveredEvents(request.CorrelationId, [.. book.Events.Where(e => e.SequenceNr > after)], true));
    }

    public void SaveSnapshot(SaveSnapshotRequest request, IActorRef replyTo)
    {
        Of(request.PersistenceId).Snapshot = request.Snapshot;
        replyTo.Tell(new SnapshotSaved(request.CorrelationId, request.Snapshot.SequenceNr));
    }

    public void List(ListEntities request, IActorRef replyTo) =>
        replyTo.Tell(new EntitiesListed(request.CorrelationId, [.. _books.Keys]));

    public void Claim(ClaimPartitions request, IActorRef replyTo) => replyTo.Tell(new PartitionsClaimed(
        request.CorrelationId, [.. request.Partitions.Select(partition => new Ownership(partition, ++Epoch, request.WriterId))]));

    public void Read(ReadEvents request, IActorRef replyTo) => throw new NotSupportedException("these tests project nothing");

    public void ReadOwnership(ReadOwnerships request, IActorRef replyTo) => throw new NotSupportedException("these tests claim nothing");

    public void Announce(AnnounceMember request, IActorRef replyTo) => throw new NotSupportedException("these tests have one host");

    public void ReadParked(ReadParkedMessages request, IActorRef replyTo) => replyTo.Tell(new ParkedRead(
        request.CorrelationId,
        [.. _books.SelectMany(book => book.Value.Parked.Select(message => (book.Key, message))).Where(row => request.Receiver is null || request.Receiver == row.Key)],
        _books.Values.Sum(book => book.Parked.Count)));

    public void Compact(CompactEvents request, IActorRef replyTo) => throw new NotSupportedException("these tests compact nothing");

    private void Write(AppendRequest request, IActorRef replyTo)
    {
        Book book = Of(request.PersistenceId);
        book.Events.AddRange(request.Events);
        book.Outbox.AddRange(request.Outbox);
        foreach (OutboxRow row in request.Outbox)
        {
            long acknowledged = book.Positions.GetValueOrDefault(row.Receiver)?.AcknowledgedSequenceNr ?? 0;
            book.Positions[row.Receiver] = new OutboxPosition(row.Receiver, row.SequenceNr, acknowledged);
        }

        foreach ((string receiver, long upTo) in request.Acknowledged)
        {
            book.Outbox.RemoveAll(row => row.Receiver == receiver && row.SequenceNr <= upTo);
            book.Positions[receiver] = book.Positions[receiver] with { AcknowledgedSequenceNr = upTo };
        }

        if (request.Inbox is { } inbox)
        {
            book.Inbox[inbox.Sender] = inbox;
            book.Attempts.Remove(inbox.Sender);
        }

        if (request.Attempt is { } attempt)
        {
            book.Attempts[attempt.Sender] = attempt;
        }

        if (request.Parked is { } parked)
        {
            book.Parked.Add(parked);
        }

        if (request.Unparked is { } unparked)
        {
            book.Parked.RemoveAll(message => message.Sender == unparked.Sender && message.SequenceNr == unparked.SequenceNr);
        }

        replyTo.Tell(new AppendCommitted(request.CorrelationId));
    }

    internal sealed class Book
    {
        public List<JournalEvent> Events { get; } = [];

        public List<OutboxRow> Outbox { get; } = [];

        public SortedDictionary<string, OutboxPosition> Positions { get; } = new(StringComparer.Ordinal);

        public SortedDictionary<string, InboxRow> Inbox { get; } = new(StringComparer.Ordinal);

        public SortedDictionary<string, InboxAttempt> Attempts { get; } = new(StringComparer.Ordinal);

        public List<ParkedMessage> Parked { get; } = [];

        public StoredSnapshot? Snapshot { get; set; }
    }
}
