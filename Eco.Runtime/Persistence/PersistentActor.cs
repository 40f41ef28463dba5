using System.Collections.Immutable;
using Eco.Runtime.Actors;
using Microsoft.Extensions.Logging;

namespace Eco.Runtime.Persistence;

/// <summary>
/// An actor whose state is the sum of journalled events. It recovers before its first command; while it recovers, and while a write of
/// <see cref="Persist"/> is on its way, commands wait. A failed write always stops it, because it is not known what the journal holds.
/// </summary>
/// <remarks>
/// The journal's answers come by the system lane, before any user message. A command handler that throws has persisted nothing: what it
/// wanted to write is sent only when it has returned.
/// </remarks>
public abstract partial class PersistentActor : ActorBase
{
    private readonly Queue<PendingCommit> _drafts = [];
    private readonly Queue<PendingCommit> _inFlight = [];
    private readonly Dictionary<long, SnapshotMetadata> _snapshots = [];
    private PersistenceExtension? _extension;
    private IActorRef? _replyTo;
    private ILogger? _logger;
    private long _correlation;

    /// <summary>The last number given to an event that is on its way or durable.</summary>
    private long _sentSequenceNr;
    private long _draftedSequenceNr;
    private bool _mayCommit;

    /// <summary>Whether the handler of a write runs: what it defers comes after it, not within it.</summary>
    private bool _isHandling;

    /// <summary>How many of the writes on their way keep commands waiting.</summary>
    private int _stashing;
    private bool _hasFailed;

    /// <summary>The entity's id in the journal; the same for its whole life.</summary>
    public abstract string PersistenceId { get; }

    /// <summary>The last event that was applied: recovered, or persisted with its handler running or done.</summary>
    public long LastSequenceNr { get; private set; }

    /// <summary>Whether events are being read back.</summary>
    public bool IsRecovering { get; private set; } = true;

    internal PersistentPhase Phase => (_hasFailed, IsRecovering, _inFlight.Count) switch
    {
        (true, _, _) => PersistentPhase.Failed,
        (_, true, _) => PersistentPhase.Recovering,
        (_, _, > 0) => PersistentPhase.Committing,
        _ => PersistentPhase.Active,
    };

    /// <summary>The ports and settings of this host's persistence.</summary>
    protected PersistenceExtension Persistence => _extension ??= Context.System.Extension<PersistenceExtension>();

    /// <inheritdoc/>
    protected internal sealed override bool Receive(object message) => ReceiveCommand(message);

    /// <summary>Applies <see cref="SnapshotOffer"/>, events and <see cref="RecoveryCompleted"/>.</summary>
    /// <returns>False for what is not handled; an unhandled snapshot fails the recovery, because its state would be lost.</returns>
    protected abstract bool ReceiveRecover(object message);

    /// <summary>Handles a command.</summary>
    /// <returns>False for what is not handled.</returns>
    protected abstract bool ReceiveCommand(object message);

    /// <summary>Persists an event, then calls the handler, which applies it. Commands wait until then.</summary>
    protected void Persist<TEvent>(TEvent @event, Action<TEvent> handler)
        where TEvent : notnull
    {
        ArgumentNullException.ThrowIfNull(handler);
        Draft(new CommitPlan { Events = [@event] }, () => handler(@event), stashes: true);
    }

    /// <summary>
    /// Persists an event, then calls the handler, which applies it. Commands do not wait: those that come meanwhile see the state without
    /// the event. Handlers run in the order of the calls, whether of this or of <see cref="Persist"/>.
    /// </summary>
    protected void PersistAsync<TEvent>(TEvent @event, Action<TEvent> handler)
        where TEvent : notnull
    {
        ArgumentNullException.ThrowIfNull(handler);
        Draft(new CommitPlan { Events = [@event] }, () => handler(@event), stashes: false);
    }

    /// <summary>Persists events in one transaction, then calls the handler for each, in order.</summary>
    protected void PersistAll<TEvent>(IEnumerable<TEvent> events, Action<TEvent> handler)
        where TEvent : notnull =>
        DraftAll(events, handler, stashes: true);

    /// <summary>As <see cref="PersistAll"/>, but commands do not wait.</summary>
    protected void PersistAllAsync<TEvent>(IEnumerable<TEvent> events, Action<TEvent> handler)
        where TEvent : notnull =>
        DraftAll(events, handler, stashes: false);

    /// <summary>
    /// Calls the handler when all that was to be persisted before has been, without persisting anything itself; at once where nothing is on
    /// its way. Not called if one of those writes fails. Commands wait until then.
    /// </summary>
    protected void Defer<TEvent>(TEvent @event, Action<TEvent> handler)
        where TEvent : notnull => DeferUntilWritten(@event, handler, stashes: true);

    /// <summary>As <see cref="Defer"/>, but commands do not wait.</summary>
    protected void DeferAsync<TEvent>(TEvent @event, Action<TEvent> handler)
        where TEvent : notnull => DeferUntilWritten(@event, handler, stashes: false);

    /// <summary>Writes one transaction, then calls the handler. An empty plan writes nothing; its handler keeps its place in the order.</summary>
    /// <exception cref="IllegalActorStateException">Called outside a command, a handler of this kind or <see cref="RecoveryCompleted"/>.</exception>
    /// <exception cref="MessageFormatException">A type has no manifest, or a number in it is not finite.</exception>
    protected void Commit(CommitPlan plan, Action onCommitted)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(onCommitted);
        Draft(plan, onCommitted, stashes: true);
    }

    /// <summary>Stores the state as of <see cref="LastSequenceNr"/>; <see cref="SaveSnapshotSuccess"/> or <see cref="SaveSnapshotFailure"/> comes as a command.</summary>
    /// <exception cref="MessageFormatException">The type has no manifest, or a number in it is not finite.</exception>
    protected void SaveSnapshot(object snapshot)
    {
        (string manifest, byte[] payload) = Persistence.Registry.Encode(snapshot);
        var stored = new StoredSnapshot(LastSequenceNr, manifest, payload, Persistence.Clock.Now());
        long id = ++_correlation;
        _snapshots.Add(id, new SnapshotMetadata(PersistenceId, stored.SequenceNr, stored.Timestamp));
        Persistence.Journal.SaveSnapshot(
            new SaveSnapshotRequest(id, PersistenceId, Persistence.OwnershipOf(PersistenceId), stored), ReplyTo);
    }

    /// <summary>Called before the snapshot and the events are applied, with the messages and positions that the journal keeps for this entity.</summary>
    protected virtual void OnRecoveryStarted(RecoveryStarted recovery)
    {
    }

    /// <summary>Called when the recovery fails; the actor stops afterwards, whatever this does.</summary>
    /// <param name="cause">Why.</param>
    /// <param name="message">The event or snapshot that could not be applied, if it was one.</param>
    protected virtual void OnRecoveryFailure(Exception cause, object? message)
    {
    }

    /// <summary>Called when a write failed; the actor stops afterwards, whatever this does.</summary>
    /// <param name="cause">Why.</param>
    /// <param name="event">The first event of the transaction, or null if it had none.</param>
    /// <param name="sequenceNr">The last event's number.</param>
    protected virtual void OnPersistFailure(Exception cause, object? @event, long sequenceNr)
    {
    }

    /// <inheritdoc/>
    protected override void Unhandled(object message)
    {
        switch (message)
        {
            case RecoveryCompleted or SaveSnapshotSuccess:
                break;
            case SaveSnapshotFailure failure:
                LogSnapshotFailure(Logger, PersistenceId, failure.Metadata.SequenceNr, failure.Cause.Message);
                break;
            default:
                base.Unhandled(message);
                break;
        }
    }

    internal sealed override void AroundReceive(Receive? receive, object message) =>
        Committing(() => base.AroundReceive(receive, message));

    internal override void AroundPreStart()
    {
        StartRecovery();
        base.AroundPreStart();
    }

    internal override void AroundPostRestart(Exception reason)
    {
        StartRecovery();
        base.AroundPostRestart(reason);
    }

    private IActorRef ReplyTo => _replyTo ??= Cell.PortReplyRef();

    private ILogger Logger => _logger ??= Context.System.LoggerFactory.CreateLogger(GetType());

    private void DraftAll<TEvent>(IEnumerable<TEvent> events, Action<TEvent> handler, bool stashes)
        where TEvent : notnull
    {
        ArgumentNullException.ThrowIfNull(handler);
        ImmutableArray<TEvent> all = [.. events];
        Draft(
            new CommitPlan { Events = [.. all.Select(e => (object)e)] },
            () =>
            {
                long last = LastSequenceNr;
                for (int i = 0; i < all.Length; i++)
                {
                    LastSequenceNr = last - all.Length + 1 + i;
                    handler(all[i]);
                }
            },
            stashes);
    }

    private void DeferUntilWritten<TEvent>(TEvent @event, Action<TEvent> handler, bool stashes)
        where TEvent : notnull
    {
        ArgumentNullException.ThrowIfNull(handler);
        if (_mayCommit && !_isHandling && _inFlight.Count == 0 && _drafts.Count == 0)
        {
            handler(@event);
            return;
        }

        Draft(new CommitPlan(), () => handler(@event), stashes);
    }

    private void Draft(CommitPlan plan, Action onCommitted, bool stashes)
    {
        if (!_mayCommit)
        {
            throw new IllegalActorStateException(
                $"{PersistenceId} can persist only while it handles a command, a persisted event or RecoveryCompleted");
        }

        AppendRequest? request = plan.IsEmpty ? null : Encode(plan);
        _draftedSequenceNr += plan.Events.Length;
        _drafts.Enqueue(new PendingCommit(
            request, plan.Events.IsEmpty ? null : plan.Events[0], _draftedSequenceNr, onCommitted, stashes, Cell.InHand));
    }

    private AppendRequest Encode(CommitPlan plan)
    {
        ImmutableArray<JournalEvent>.Builder events = ImmutableArray.CreateBuilder<JournalEvent>(plan.Events.Length);
        long sequenceNr = _draftedSequenceNr;
        foreach (object @event in plan.Events)
        {
            (string manifest, byte[] payload) = Persistence.Registry.Encode(@event);
            events.Add(new JournalEvent(++sequenceNr, manifest, payload, Persistence.Clock.Now()));
        }

        return new AppendRequest(
            ++_correlation,
            PersistenceId,
            Persistence.OwnershipOf(PersistenceId),
            events.MoveToImmutable(),
            plan.Outbox,
            plan.Acknowledged,
            plan.Inbox,
            plan.Attempt,
            plan.Parked,
            plan.Unparked);
    }

    /// <summary>Runs code that may commit; sends what it wants to write if it returns, and forgets it if it throws.</summary>
    private void SendDrafts(Action action)
    {
        _mayCommit = true;
        try
        {
            action();
        }
        catch
        {
            _drafts.Clear();
            _draftedSequenceNr = _sentSequenceNr;
            throw;
        }
        finally
        {
            _mayCommit = false;
        }

        while (_drafts.TryDequeue(out PendingCommit? draft))
        {
            _inFlight.Enqueue(draft);
            _stashing += draft.Stashes ? 1 : 0;
            _sentSequenceNr = draft.LastSequenceNr;
            if (draft.Request is not null)
            {
                Persistence.Journal.Append(draft.Request, ReplyTo);
            }
        }
    }

    /// <summary>As <see cref="SendDrafts"/>, then what became possible by it; commands go on when nothing is on its way.</summary>
    private void Committing(Action action)
    {
        try
        {
            SendDrafts(action);
        }
        finally
        {
            try
            {
                while (!_hasFailed && _inFlight.TryPeek(out PendingCommit? first) && first.Request is null)
                {
                    TakeUp(first, SendDrafts);
                }
            }
            finally
            {
                if (_stashing > 0 || _hasFailed)
                {
                    Cell.Hold();
                }
                else
                {
                    Cell.Release();
                }
            }
        }
    }

    private void OnCommitted(AppendCommitted committed)
    {
        if (_hasFailed || !_inFlight.TryPeek(out PendingCommit? commit) || commit.Request?.CorrelationId != committed.CorrelationId)
        {
            return;
        }

        LastSequenceNr = commit.LastSequenceNr;
        TakeUp(commit, Committing);
    }

    /// <summary>Runs the handler of the write whose turn it is, with the message in hand that asked for it.</summary>
    private void TakeUp(PendingCommit commit, Action<Action> run)
    {
        _inFlight.Dequeue();
        _stashing -= commit.Stashes ? 1 : 0;
        Envelope inHand = Cell.InHand;
        bool isHandling = _isHandling;
        Cell.InHand = commit.InHand;
        _isHandling = true;
        try
        {
            run(commit.OnCommitted);
        }
        finally
        {
            Cell.InHand = inHand;
            _isHandling = isHandling;
        }
    }

    private void OnAppendFailed(AppendFailed failed)
    {
        if (_hasFailed || !_inFlight.TryPeek(out PendingCommit? commit) || commit.Request?.CorrelationId != failed.CorrelationId)
        {
            return;
        }

        long sequenceNr = commit.Request.Events.IsEmpty ? LastSequenceNr : commit.Request.Events[0].SequenceNr;
        LogPersistFailure(Logger, PersistenceId, sequenceNr, failed.Reason, failed.Message);
        Context.System.EventStream.Publish(new PersistFailure(PersistenceId, sequenceNr, failed.Reason, failed.Message));
        StopAfterFailure(() => OnPersistFailure(
            new PersistentActorException($"{PersistenceId} could not write: {failed.Reason}: {failed.Message}"), commit.FirstEvent, commit.LastSequenceNr));
    }

    /// <summary>No command may see a state that the journal may not have, so the actor stays held until it has stopped.</summary>
    private void StopAfterFailure(Action hook)
    {
        _hasFailed = true;
        _inFlight.Clear();
        _stashing = 0;
        _drafts.Clear();
        Cell.Hold();
        Context.System.Runner.Run($"the failure hook of {PersistenceId}", hook);
        Context.Stop(Self);
    }

    private sealed record PendingCommit(
        AppendRequest? Request, object? FirstEvent, long LastSequenceNr, Action OnCommitted, bool Stashes, Envelope InHand);
}
