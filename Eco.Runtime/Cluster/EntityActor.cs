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
public abstract partial class EntityActor<TState> : ReceivePersistentActor, IWithTimers, IWatchedEntity
    where TState : class
{
    private readonly EntityServices _services;
    private readonly EntityLedger _ledger;
    private readonly EntityWatch? _watch;
    private readonly TState _empty;
    private readonly HandlerWatch.Slot _handler;
    private TimeSpan _resendAfter;
    private long _eventsSinceSnapshot;
    private bool _stopsWithSnapshot;

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
        _handler = _services.Handlers.Add(entityId);

        Recover<SnapshotOffer>(offer =>
        {
            State = (TState)offer.Snapshot;
            Retain(offer.Metadata);
        });
        Recover<RecoveryCompleted>(_ => Ready());
        RecoverAny(e =>
        {
            _eventsSinceSnapshot++;
            State = Apply(State, e);
        });

        Command<EntityDelivery>(Receive);
        Command<EntityAcknowledged>(acknowledged => OnAcknowledged(acknowledged.Receiver, acknowledged.UpTo));
        Command<EntityGap>(OnGap);
        Command<EntityFrameConfirmed>(confirmed => _ledger.Confirm(confirmed.Receiver, confirmed.SequenceNr));
        Command<EntityFrameRefused>(refused => _ledger.Refuse(refused.Receiver));
        Command<ResendDue>(_ => Resend());
        Command<ProbeDue>(_ => Probe());
        Command<SaveSnapshotSuccess>(saved => AfterSnapshot(saved.Metadata));
        Command<Compacted>(_ => { });
        Command<CompactionFailed>(failed => Context.System.EventStream.Publish(failed));
        Command<SaveSnapshotFailure>(OnSnapshotFailed);
        Command<SnapshotAndStop>(_ => StopWithSnapshot());
        Command<ReplayParked>(replay => FindParked(replay.Sender, replay.SequenceNr, applies: true));
        Command<DropParked>(drop => FindParked(drop.Sender, drop.SequenceNr, applies: false));
        Command<ParkedRead>(OnParkedRead);
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
        ExecuteThen(command, reply => asker?.Tell(reply));
    }

    /// <summary>
    /// Decides on a command and hands the answer to the caller once it has committed, in place of telling it to the sender. A decision that
    /// cannot be sent is answered with a <see cref="Status.Failure"/>, and nothing of it is kept.
    /// </summary>
    protected void ExecuteThen(object command, Action<object> answer)
    {
        ArgumentNullException.ThrowIfNull(command);
        Draft draft;
        try
        {
            draft = Prepare(command, null);
        }
        catch (FrameTooLargeException e)
        {
            Context.System.EventStream.Publish(new FrameGivenUp(PersistenceId, e.Message, _services.Counters.CountGivenUp()));
            answer(new Status.Failure(e));
            return;
        }

        // A host that was paused may answer out of a state that another owner has left behind. "Nothing to do" is an answer too.
        CommitDecision(
            draft,
            new CommitPlan { ConfirmsOwnership = draft.Decision.Reply is not null },
            () =>
            {
                if (draft.Decision.Reply is { } reply)
                {
                    answer(reply);
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
        _services.Handlers.Remove(_handler);
        base.PostStop();
    }

    /// <inheritdoc/>
    protected override void OnRecoveryStarted(RecoveryStarted recovered) => _ledger.Restore(recovered);

    private void Ready()
    {
        OnReady();
        foreach (string receiver in _ledger.Pending.ToArray())
        {
            PostSendable(receiver, everything: true);
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
                Attempt(delivery);
                break;
            case InboxVerdict.Gap:
                Settle(delivery, _ledger.AsksForGap(frame.From) ? _ledger.Applied(frame.From) + 1 : 0);
                break;
            case InboxVerdict.Duplicate:
                _services.Counters.CountDuplicate();
                Settle(delivery, expected: 0);
                break;
            case InboxVerdict.Stale:
                _services.Counters.CountStaleEpoch();
                Settle(delivery, expected: 0);
                break;
            default:
                throw new InvalidOperationException("an inbox verdict is missing here");
        }
    }

    private void Settle(EntityDelivery delivery, long expected)
    {
        Frame frame = delivery.Frame;
        long applied = _ledger.Applied(frame.From);
        if (delivery.Ticket is { } ticket)
        {
            Context.Parent.Tell(new DeliveryDone(ticket), Self);
        }

        if (_services.Partitions.OpenTo(frame.From) is { } here)
        {
            object answer = expected > 0 ? new EntityGap(PersistenceId, expected) : new EntityAcknowledged(PersistenceId, applied);
            here.Tell(new TellEntity(frame.From, answer), Self);
        }
        else
        {
            Router.Tell(new AcknowledgeFrame(frame, applied, expected), Self);
        }
    }

    // All that can fail is done here, before anything is numbered or written.
    private Draft Prepare(object command, string? from)
    {
        _handler.Begin(command.GetType().Name, Context.System.TimeProvider.GetTimestamp());
        try
        {
            Decision decision = Decide(command, from);
            return new Draft(decision, [.. decision.Sends.Select(Encode)]);
        }
        finally
        {
            _handler.End();
        }
    }

    private EncodedSend Encode(DurableSend send)
    {
        (string manifest, byte[] payload) = Persistence.Registry.Encode(send.Message);
        return payload.Length > FrameCodec.MaximumPayloadBytes
            ? throw new FrameTooLargeException(send.Receiver, manifest, payload.Length)
            : new EncodedSend(send.Receiver, manifest, payload);
    }

    /// <summary>Writes a decision in one transaction with what the plan says of the message that caused it, then does what follows.</summary>
    private void CommitDecision(Draft draft, CommitPlan plan, Action afterwards)
    {
        Decision decision = draft.Decision;
        ImmutableArray<OutboxRow> rows =
        [
            .. draft.Sends.Select(send =>
                new OutboxRow(send.Receiver, _ledger.NextNumber(send.Receiver), send.Manifest, send.Payload, Clock.Now())),
        ];
        plan = plan with { Events = decision.Events, Outbox = rows };
        if (plan.Events.IsEmpty && rows.IsEmpty && plan.Inbox is null && plan.Unparked is null && !plan.ConfirmsOwnership)
        {
            afterwards();
            Forget(decision.ForgetsUpTo);
            OnDecided();
            return;
        }

        Commit(
            plan,
            () =>
            {
                if (plan.Inbox is not null)
                {
                    _ledger.Book(plan.Inbox);
                }

                _ledger.Book(rows);
                foreach (object e in decision.Events)
                {
                    State = Apply(State, e);
                }

                foreach (string receiver in rows.Select(row => row.Receiver).Distinct())
                {
                    PostSendable(receiver, everything: false);
                }

                afterwards();
                foreach (object e in decision.Events)
                {
                    OnCommitted(e);
                }

                Forget(decision.ForgetsUpTo);
                ScheduleResend();
                SnapshotWhenDue(decision.Events.Length);
                OnDecided();
            });
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

    private void OnSnapshotFailed(SaveSnapshotFailure failure)
    {
        // The older snapshot and all events remain, so nothing is lost; the next one is tried in its turn. The cause may be another owner.
        Context.System.EventStream.Publish(failure);
        Context.Parent.Tell(new CheckOwnership(), Self);
        StopWhenAsked();
    }

    private void StopWithSnapshot()
    {
        _stopsWithSnapshot = true;
        if (_eventsSinceSnapshot > 0)
        {
            SaveSnapshot(State);
        }
        else
        {
            StopWhenAsked();
        }
    }

    private void StopWhenAsked()
    {
        if (_stopsWithSnapshot)
        {
            Context.Stop(Self);
        }
    }

    /// <summary>A decision whose messages are encoded.</summary>
    private sealed record Draft(Decision Decision, ImmutableArray<EncodedSend> Sends);

    private sealed record EncodedSend(string Receiver, string Manifest, byte[] Payload);
}
