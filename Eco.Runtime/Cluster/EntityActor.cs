using System.Collections.Immutable;
using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;

namespace Eco.Runtime.Cluster;

/// <summary>
/// A persistent actor with an address that outlives processes and durable messages to and from other entities (design: Durable
/// messages). Its behaviour is a pair of pure functions: <see cref="Decide"/> turns a command into facts and messages,
/// <see cref="Apply"/> turns a fact into the next state. Both, with the inbox position of the message that caused them, commit in one
/// transaction; nothing is sent or answered before.
/// </summary>
/// <typeparam name="TState">An immutable record, registered in the message registry for snapshots.</typeparam>
public abstract class EntityActor<TState> : ReceivePersistentActor, IWithTimers, IWatchedEntity
    where TState : class
{
    private const string ResendTimer = "entity-resend";
    private const string ProbeTimer = "entity-probe";
    private readonly EntityServices _services;
    private readonly EntityLedger _ledger;
    private readonly EntityWatch? _watch;
    private readonly TState _empty;
    private TimeSpan _resendAfter;
    private long _eventsSinceSnapshot;

    /// <summary>Makes the entity.</summary>
    /// <param name="entityId">Its id; also its persistence id.</param>
    /// <param name="empty">The state before any event.</param>
    protected EntityActor(string entityId, TState empty)
    {
        PersistenceId = entityId;
        State = empty;
        _empty = empty;
        _watch = Context.System.TryExtension<EntityWatch>();
        _watch?.Enter(this);
        _services = Context.System.Extension<EntityServices>();
        _ledger = new EntityLedger(_services.Options.Window);
        _resendAfter = _services.Options.ResendAfter;

        Recover<SnapshotOffer>(offer => State = (TState)offer.Snapshot);
        Recover<RecoveryCompleted>(_ => Ready());
        RecoverAny(e => State = Apply(State, e));

        Command<EntityDelivery>(Receive);
        Command<EntityAcknowledged>(acknowledged => OnAcknowledged(acknowledged.Receiver, acknowledged.UpTo));
        Command<EntityGap>(OnGap);
        Command<EntityFrameConfirmed>(confirmed => _ledger.Confirm(confirmed.Receiver, confirmed.SequenceNr));
        Command<EntityFrameRefused>(refused => _ledger.Refuse(refused.Receiver));
        Command<ResendDue>(_ => Resend());
        Command<ProbeDue>(_ => Probe());
        Command<SaveSnapshotSuccess>(_ => { });
        Command<SaveSnapshotFailure>(failure => OnSnapshotFailed(failure));
        CommandAny(message =>
        {
            if (message is VolatileDelivery delivery)
            {
                HearFrom(delivery.From);
            }

            if (!OnMessage(message))
            {
                Execute(message);
            }
        });
    }

    /// <inheritdoc/>
    public override string PersistenceId { get; }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    string IWatchedEntity.EntityId => PersistenceId;

    PersistentPhase IWatchedEntity.Phase => Phase;

    bool IWatchedEntity.HasPendingMessages => _ledger.HasPending;

    long IWatchedEntity.AppliedSequenceNr => LastSequenceNr;

    object IWatchedEntity.PresentState => State;

    object IWatchedEntity.EmptyState => _empty;

    /// <summary>The state after all committed facts.</summary>
    protected TState State { get; private set; }

    /// <summary>The host's router, for <see cref="PostVolatile"/> and <see cref="WakeEntity"/>.</summary>
    protected IActorRef Router => _services.Router;

    /// <summary>The host's hybrid clock.</summary>
    protected HybridClock Clock => Persistence.Clock;

    /// <summary>Pure: what a command asks for in the present state.</summary>
    /// <param name="command">The command: a durable message, a local command, a timer's message or a port's outcome.</param>
    /// <param name="from">The sending entity of a durable message; null for local ones.</param>
    protected abstract Decision Decide(object command, string? from);

    /// <summary>Pure: the state after a fact.</summary>
    protected abstract TState Apply(TState state, object @event);

    /// <summary>After the fact has committed and was applied, never during recovery: start timers, call ports.</summary>
    protected virtual void OnCommitted(object @event)
    {
    }

    /// <summary>After each decision and all that followed from it, also from one that asked for nothing.</summary>
    protected virtual void OnDecided()
    {
    }

    /// <summary>After recovery: take up again what the state says is going on.</summary>
    protected virtual void OnReady()
    {
    }

    /// <summary>Takes messages that are no commands (a port's outcome that only moves volatile state).</summary>
    /// <returns>Whether it was taken; otherwise <see cref="Decide"/> gets it.</returns>
    protected virtual bool OnMessage(object message) => false;

    /// <summary>After a receiver's acknowledgement was booked.</summary>
    protected virtual void OnReceiverCaughtUp(string receiver)
    {
    }

    /// <summary>How many durable messages to a receiver are not acknowledged yet.</summary>
    protected int OutstandingTo(string receiver) => _ledger.Outstanding(receiver);

    /// <summary>Decides on a command and commits the outcome; the answer goes to the present sender.</summary>
    protected void Execute(object command)
    {
        IActorRef? asker = Sender;
        Decision decision = Decide(command, null);
        CommitDecision(decision, null, () => Answer(asker, decision.Reply));
    }

    /// <summary>Decides on a command and hands the answer to the caller once it has committed, in place of telling it to the sender.</summary>
    protected void ExecuteThen(object command, Action<object> answer)
    {
        Decision decision = Decide(command, null);
        CommitDecision(
            decision,
            null,
            () =>
            {
                if (decision.Reply is not null)
                {
                    answer(decision.Reply);
                }
            });
    }

    /// <summary>Gives up all messages to an entity that no longer exists.</summary>
    protected void AbandonMessagesTo(string receiver)
    {
        long upTo = _ledger.Abandon(receiver);
        if (upTo > 0)
        {
            Commit(new CommitPlan { Acknowledged = [(receiver, upTo)] }, () => { });
        }
    }

    object IWatchedEntity.Replay(object state, object @event) => Apply((TState)state, @event);

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _watch?.Leave(this);
        base.PostStop();
    }

    /// <inheritdoc/>
    protected override void OnRecoveryStarted(RecoveryStarted recovered) => _ledger.Restore(recovered);

    private void Ready()
    {
        OnReady();
        foreach (string receiver in _ledger.Pending.ToArray())
        {
            Post(_ledger.TakeSendable(receiver, everything: true));
        }

        ScheduleResend();
    }

    private void Receive(EntityDelivery delivery)
    {
        Frame frame = delivery.Frame;
        HearFrom(frame.From);
        switch (_ledger.Judge(frame.From, frame.SequenceNr, frame.OwnerEpoch))
        {
            case InboxVerdict.Apply:
                ApplyDelivery(delivery);
                break;
            case InboxVerdict.Gap:
                Settle(delivery, _ledger.AsksForGap(frame.From) ? _ledger.Applied(frame.From) + 1 : 0);
                break;
            case InboxVerdict.Duplicate:
            case InboxVerdict.Stale:
                Settle(delivery, expected: 0);
                break;
            default:
                throw new InvalidOperationException("an inbox verdict is missing here");
        }
    }

    private void ApplyDelivery(EntityDelivery delivery)
    {
        Frame frame = delivery.Frame;
        Decision decision;
        try
        {
            object message = Persistence.Registry.Decode(frame.Manifest!, frame.Payload);
            decision = Decide(message, frame.From);
        }
        catch
        {
            // The transport need not keep it: it stays in its sender's outbox, which tries it again at its own pace.
            Settle(delivery, expected: 0);
            throw;
        }

        CommitDecision(decision, new InboxRow(frame.From, frame.SequenceNr, frame.OwnerEpoch), () => Settle(delivery, expected: 0));
    }

    private void Settle(EntityDelivery delivery, long expected) =>
        Router.Tell(
            new DeliverySettled(delivery.Frame, delivery.DeliveryTag, _ledger.Applied(delivery.Frame.From), expected),
            Self);

    private void OnAcknowledged(string receiver, long upTo)
    {
        if (!_ledger.Acknowledge(receiver, upTo))
        {
            return;
        }

        _resendAfter = _services.Options.ResendAfter;
        Commit(
            new CommitPlan { Acknowledged = [(receiver, upTo)] },
            () =>
            {
                Post(_ledger.TakeSendable(receiver, everything: false));
                ScheduleResend();
                OnReceiverCaughtUp(receiver);
            });
    }

    private void OnGap(EntityGap gap)
    {
        // What lies below the expected number is applied there, whatever became of its acknowledgement.
        OnAcknowledged(gap.Receiver, gap.Expected - 1);
        if (_ledger.Rewind(gap.Receiver, gap.Expected))
        {
            Post(_ledger.TakeSendable(gap.Receiver, everything: true));
        }
    }

    private void CommitDecision(Decision decision, InboxRow? inbox, Action afterwards)
    {
        if (decision.Events.IsEmpty && decision.Sends.IsEmpty && inbox is null)
        {
            afterwards();
            OnDecided();
            return;
        }

        ImmutableArray<OutboxRow> rows = [.. decision.Sends.Select(ToRow)];
        Commit(
            new CommitPlan { Events = decision.Events, Outbox = rows, Inbox = inbox },
            () =>
            {
                if (inbox is not null)
                {
                    _ledger.Book(inbox);
                }

                _ledger.Book(rows);
                foreach (object e in decision.Events)
                {
                    State = Apply(State, e);
                }

                foreach (string receiver in rows.Select(row => row.Receiver).Distinct())
                {
                    Post(_ledger.TakeSendable(receiver, everything: false));
                }

                afterwards();
                foreach (object e in decision.Events)
                {
                    OnCommitted(e);
                }

                ScheduleResend();
                SnapshotWhenDue(decision.Events.Length);
                OnDecided();
            });
    }

    private OutboxRow ToRow(DurableSend send)
    {
        (string manifest, byte[] payload) = Persistence.Registry.Encode(send.Message);
        return new OutboxRow(send.Receiver, _ledger.NextNumber(send.Receiver), manifest, payload, Clock.Now());
    }

    private void Post(ImmutableArray<OutboxRow> rows)
    {
        long epoch = Persistence.OwnershipOf(PersistenceId).OwnerEpoch;
        foreach (OutboxRow row in rows)
        {
            Router.Tell(
                new PostFrame(new Frame(
                    FrameKind.Message,
                    PersistenceId,
                    row.Receiver,
                    row.SequenceNr,
                    epoch,
                    row.Timestamp,
                    row.Manifest,
                    row.Payload)),
                Self);
        }
    }

    // It was not there, or the way was cut; now it is there again, and what waits for it need not wait for the timer, which may be 30 s away.
    private void HearFrom(string receiver)
    {
        if (_ledger.TakeRefusal(receiver))
        {
            Post(_ledger.TakeSendable(receiver, everything: true));
        }
    }

    private void Resend()
    {
        foreach (string receiver in _ledger.Pending.ToArray())
        {
            Post(_ledger.TakeSendable(receiver, everything: true));
        }

        _resendAfter = Min(_resendAfter * 2, _services.Options.ResendAtMost);
        ScheduleResend();
    }

    private void ScheduleResend()
    {
        Keep(ResendTimer, ResendDue.Instance, _resendAfter, _ledger.Pending.Any(_ledger.Unconfirmed));
        Keep(ProbeTimer, ProbeDue.Instance, _services.Options.ResendAtMost, _ledger.HasPending);
    }

    private void Keep(string timer, object message, TimeSpan after, bool needed)
    {
        if (!needed)
        {
            Timers.Cancel(timer);
        }
        else if (!Timers.IsTimerActive(timer))
        {
            Timers.StartSingleTimer(timer, message, after);
        }
    }

    // The transport has confirmed them, and yet no acknowledgement has come for long: the receiver's host may have ended before it
    // sent one, or the receiver has failed to apply them.
    private void Probe()
    {
        foreach (string receiver in _ledger.Pending.Where(_ledger.IsStuck).ToArray())
        {
            Post([_ledger.Probe(receiver)!]);
        }

        ScheduleResend();
    }

    private void SnapshotWhenDue(int events)
    {
        _eventsSinceSnapshot += events;
        if (_eventsSinceSnapshot >= _services.Options.SnapshotEvery)
        {
            _eventsSinceSnapshot = 0;
            SaveSnapshot(State);
        }
    }

    private void OnSnapshotFailed(SaveSnapshotFailure failure) =>
        // The older snapshot and all events remain, so nothing is lost; the next one is tried in its turn.
        Context.System.EventStream.Publish(failure);

    private static void Answer(IActorRef? asker, object? reply)
    {
        if (reply is not null)
        {
            asker?.Tell(reply);
        }
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private sealed record ResendDue
    {
        public static ResendDue Instance { get; } = new();
    }

    private sealed record ProbeDue
    {
        public static ProbeDue Instance { get; } = new();
    }
}
