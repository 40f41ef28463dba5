using Eco.Runtime.Persistence;

namespace Eco.Host.Benchmarks.Journal;

/// <summary>A persistent actor with many events.</summary>
internal sealed class AccountsActor : ReceivePersistentActor
{
    private readonly long[] _amounts = new long[JournalLoad.Accounts];
    private readonly TaskCompletionSource<long> _recovered;
    private TaskCompletionSource? _saved;

    /// <summary>Recovers; then the task has the number of its last event.</summary>
    public AccountsActor(string persistenceId, TaskCompletionSource<long> recovered)
    {
        PersistenceId = persistenceId;
        _recovered = recovered;
        Recover<AmountBooked>(booked => _amounts[booked.Account] += booked.Amount);
        Recover<SnapshotOffer>(offer => ((AccountsTaken)offer.Snapshot).Amounts.CopyTo(_amounts));
        Recover<RecoveryCompleted>(_ => _recovered.SetResult(LastSequenceNr));
        Command<TaskCompletionSource>(saved =>
        {
            _saved = saved;
            SaveSnapshot(new AccountsTaken([.. _amounts]));
        });
        Command<SaveSnapshotSuccess>(_ => _saved!.SetResult());
        Command<SaveSnapshotFailure>(failure => _saved!.SetException(failure.Cause));
    }

    public override string PersistenceId { get; }

    protected override void OnRecoveryFailure(Exception cause, object? message) => _recovered.TrySetException(cause);
}
