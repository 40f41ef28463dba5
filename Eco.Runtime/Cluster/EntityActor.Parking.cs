using System.Runtime.ExceptionServices;
using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;

namespace Eco.Runtime.Cluster;

/// <content>
/// Messages that cannot be applied. Each failed attempt is journalled before the actor restarts, and an attempt at a message over which a host
/// may have ended is journalled before it is begun, so that a handler that ends its process is counted too. After the last one the message is
/// set aside in the transaction that advances the inbox: its neighbours go on.
/// </content>
public abstract partial class EntityActor<TState>
{
    private const int MaximumParkedRead = 10_000;
    private readonly Dictionary<long, UnparkRequest> _unparks = [];
    private long _parkedReads;

    private void Attempt(EntityDelivery delivery)
    {
        Frame frame = delivery.Frame;
        string writer = Persistence.OwnershipOf(PersistenceId).WriterId;
        InboxAttempt? known = _ledger.AttemptAt(frame.From, frame.SequenceNr);
        int attempts = known?.CountFor(writer) ?? 0;
        if (attempts >= _services.Options.MaximumAttempts)
        {
            Park(delivery, attempts, known!.IsOpen ? "its host ended each time while it was handled" : known.Reason, null);
        }
        else if (attempts > 0 || delivery.IsRedelivered || frame.IsResent)
        {
            var attempt = InboxAttempt.Begin(known, frame.From, frame.SequenceNr, writer);
            if (attempt == known)
            {
                Handle(delivery, attempts + 1);
                return;
            }

            Commit(new CommitPlan { Attempt = attempt }, () =>
            {
                _ledger.Book(attempt);
                Handle(delivery, attempts + 1);
            });
        }
        else
        {
            Handle(delivery, 1);
        }
    }

    private void Handle(EntityDelivery delivery, int attempt)
    {
        Frame frame = delivery.Frame;
        try
        {
            CommitDecision(
                Prepare(Persistence.Registry.Decode(frame.Manifest!, frame.Payload), frame.From),
                new CommitPlan { Inbox = new InboxRow(frame.From, frame.SequenceNr, frame.OwnerEpoch) },
                () => Settle(delivery, expected: 0));
        }
        catch (Exception cause)
        {
            FailAttempt(delivery, attempt, cause);
        }
    }

    private void FailAttempt(EntityDelivery delivery, int attempt, Exception cause)
    {
        if (attempt >= _services.Options.MaximumAttempts)
        {
            Park(delivery, attempt, ReasonOf(cause), cause);
            return;
        }

        Frame frame = delivery.Frame;
        Commit(new CommitPlan { Attempt = new InboxAttempt(frame.From, frame.SequenceNr, attempt, ReasonOf(cause)) }, () =>
        {
            Context.Parent.Tell(new DeliveryFailed(delivery, attempt), Self);
            ExceptionDispatchInfo.Throw(cause);
        });
    }

    private void Park(EntityDelivery delivery, int attempts, string reason, Exception? cause)
    {
        Frame frame = delivery.Frame;
        var inbox = new InboxRow(frame.From, frame.SequenceNr, frame.OwnerEpoch);
        var parked = new ParkedMessage(
            frame.From, frame.SequenceNr, frame.Manifest!, frame.Payload, Clock.Now(), attempts, reason, cause?.ToString() ?? string.Empty);
        Commit(new CommitPlan { Inbox = inbox, Parked = parked }, () =>
        {
            _ledger.Book(inbox);
            _services.Counters.CountParked();
            Context.System.EventStream.Publish(new PoisonParked(
                ParkedId.Of(PersistenceId, frame.From, frame.SequenceNr),
                PersistenceId,
                frame.From,
                frame.SequenceNr,
                frame.Manifest!,
                attempts,
                reason));
            Settle(delivery, expected: 0);
            if (cause is not null)
            {
                ExceptionDispatchInfo.Throw(cause);
            }
        });
    }

    // An operator's order concerns what the journal has, not what was once reported: it is read anew each time.
    private void FindParked(string sender, long sequenceNr, bool applies)
    {
        _unparks[++_parkedReads] = new UnparkRequest(sender, sequenceNr, applies, Sender);
        Persistence.Journal.ReadParked(new ReadParkedMessages(_parkedReads, PersistenceId, MaximumParkedRead), Self);
    }

    private void OnParkedRead(ParkedRead read)
    {
        if (!_unparks.Remove(read.CorrelationId, out UnparkRequest? request))
        {
            return;
        }

        ParkedMessage? parked = read.Messages
            .Select(entry => entry.Message)
            .FirstOrDefault(message => message.Sender == request.Sender && message.SequenceNr == request.SequenceNr);
        if (parked is null)
        {
            request.Refuse($"{PersistenceId} has no parked message {request.SequenceNr} of {request.Sender}");
            return;
        }

        Draft draft;
        try
        {
            draft = request.Applies
                ? Prepare(Persistence.Registry.Decode(parked.Manifest, parked.Payload), parked.Sender)
                : new Draft(Decision.Nothing, []);
        }
        catch (Exception cause)
        {
            request.Refuse($"it cannot be applied yet and stays parked: {ReasonOf(cause)}");
            return;
        }

        // A second order for the same message would find it gone: those that have read it already are too late.
        foreach ((long key, UnparkRequest other) in _unparks
            .Where(entry => entry.Value.Sender == parked.Sender && entry.Value.SequenceNr == parked.SequenceNr)
            .OrderBy(entry => entry.Key)
            .ToArray())
        {
            _unparks.Remove(key);
            other.Refuse("another order for the same message came first");
        }

        CommitDecision(
            draft,
            new CommitPlan { Unparked = (parked.Sender, parked.SequenceNr) },
            () => request.Asker?.Tell(new ParkedSettled(parked, request.Applies)));
    }

    private static string ReasonOf(Exception cause) => $"{cause.GetType().Name}: {cause.Message.ReplaceLineEndings(" ")}";

    private sealed record UnparkRequest(string Sender, long SequenceNr, bool Applies, IActorRef? Asker)
    {
        public void Refuse(string reason) => Asker?.Tell(new Status.Failure(new InvalidOperationException(reason)));
    }
}
