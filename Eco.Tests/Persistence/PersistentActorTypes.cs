using System.Text.Json.Serialization;
using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;

namespace Eco.Tests.Persistence;

/// <summary>An event of the account in these tests.</summary>
public sealed record Deposited(int Amount);

/// <summary>The account's snapshot.</summary>
public sealed record AccountState(int Balance);

/// <summary>A durable message of the account.</summary>
public sealed record Notified(int Balance);

[JsonSerializable(typeof(Deposited))]
[JsonSerializable(typeof(AccountState))]
[JsonSerializable(typeof(Notified))]
internal sealed partial class PersistentActorJson : JsonSerializerContext;

/// <summary>A persistent actor whose commands are functions, so that each test says what it does.</summary>
internal sealed class Account : ReceivePersistentActor, IWithStash
{
    private readonly Journalled _seen;

    public Account(string id, Journalled seen)
    {
        PersistenceId = id;
        _seen = seen;
        seen.Instances++;
        Recover<Deposited>(e =>
        {
            seen.OnRecover?.Invoke(e);
            Balance += e.Amount;
            seen.Log.Add($"recovered {e.Amount}@{LastSequenceNr}");
        });
        if (seen.HandlesSnapshots)
        {
            Recover<SnapshotOffer>(offer =>
            {
                Balance = ((AccountState)offer.Snapshot).Balance;
                seen.Log.Add($"snapshot {Balance}@{offer.Metadata.SequenceNr}");
            });
        }

        Recover<RecoveryCompleted>(_ =>
        {
            seen.Log.Add($"completed {Balance}");
            seen.OnCompleted?.Invoke(this);
        });
        Command<int>(amount => Persist(new Deposited(amount), Apply));
        Command<int[]>(amounts => PersistAll(amounts.Select(a => new Deposited(a)), Apply));
        Command<Action<Account>>(action => action(this));
        Command<SaveSnapshotSuccess>(saved => seen.Log.Add($"saved {saved.Metadata.SequenceNr}"));
        Command<SaveSnapshotFailure>(failed => seen.Log.Add($"not saved {failed.Metadata.SequenceNr}: {failed.Cause.Message}"));
        Command<string>(text => seen.Log.Add($"{text} {Balance}"));
    }

    public override string PersistenceId { get; }

    public IStash Stash { get; set; } = null!;

    public int Balance { get; private set; }

    public new IActorRef Sender => base.Sender;

    public void Apply(Deposited e)
    {
        Balance += e.Amount;
        _seen.Log.Add($"persisted {e.Amount}@{LastSequenceNr}");
    }

    public void Write<T>(T e, Action<T> handler)
        where T : notnull => Persist(e, handler);

    public void WriteAll<T>(IEnumerable<T> events, Action<T> handler)
        where T : notnull => PersistAll(events, handler);

    public void WriteAsync<T>(T e, Action<T> handler)
        where T : notnull => PersistAsync(e, handler);

    public void WriteAllAsync<T>(IEnumerable<T> events, Action<T> handler)
        where T : notnull => PersistAllAsync(events, handler);

    public void After<T>(T e, Action<T> handler)
        where T : notnull => Defer(e, handler);

    public void AfterAsync<T>(T e, Action<T> handler)
        where T : notnull => DeferAsync(e, handler);

    public void CommitAll(CommitPlan plan, Action handler) => Commit(plan, handler);

    public void Snapshot() => SaveSnapshot(new AccountState(Balance));

    protected override void OnRecoveryStarted(RecoveryStarted recovery) =>
        _seen.Log.AddRange(recovery.Outbox.Select(row => $"outbox {row.Receiver}#{row.SequenceNr}"));

    protected override void OnPersistFailure(Exception cause, object? @event, long sequenceNr) =>
        _seen.Log.Add($"persist failed {@event}@{sequenceNr}");

    protected override void OnRecoveryFailure(Exception cause, object? message) =>
        _seen.Log.Add($"recovery failed {message}: {cause.Message}");

    protected override void PostStop() => _seen.Log.Add("stopped");

    internal sealed class Journalled
    {
        public List<string> Log { get; } = [];

        public int Instances { get; set; }

        public bool HandlesSnapshots { get; init; } = true;

        public Action<Deposited>? OnRecover { get; set; }

        public Action<Account>? OnCompleted { get; set; }
    }
}
