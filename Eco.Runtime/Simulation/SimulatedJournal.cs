using Eco.Runtime.Actors;
using Eco.Runtime.Persistence.Journals;
using Eco.Runtime.Persistence;

namespace Eco.Runtime.Simulation;

/// <summary>
/// The journal as one incarnation of a host has it: the same answers, fences and crash points as the SQLite journal, on
/// <see cref="SimulatedJournalStorage"/>. After a storage fault it refuses everything until the host starts anew.
/// </summary>
public sealed class SimulatedJournal : IJournal
{
    private readonly SimulatedJournalStorage _storage;
    private readonly StorageDevice _device;
    private readonly SimulatedStorageOptions _options;

    /// <summary>The database's clock: the world's true time.</summary>
    private readonly Func<TimeSpan> _now;

    internal SimulatedJournal(SimulatedJournalStorage storage, StorageDevice device, SimulatedStorageOptions options, Func<TimeSpan> now)
    {
        _now = now;
        _storage = storage;
        _device = device;
        _options = options;
    }

    /// <inheritdoc/>
    public void Append(AppendRequest request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        Write(new AppendOperation(_storage, request, replyTo), JournalRequestCheck.Error(request, _options.MaximumPayloadBytes));
    }

    /// <inheritdoc/>
    public void SaveSnapshot(SaveSnapshotRequest request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        Write(new SnapshotOperation(_storage, request, replyTo), JournalRequestCheck.Error(request, _options.MaximumSnapshotBytes));
    }

    /// <inheritdoc/>
    public void Claim(ClaimPartitions request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        Write(new ClaimOperation(_storage, request, replyTo), JournalRequestCheck.Error(request));
    }

    /// <inheritdoc/>
    public void Recover(RecoverRequest request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        _device.Read(new ReadOperation(
            replyTo, () => _storage.Recover(request), message => new RecoveryFailed(request.CorrelationId, message)));
    }

    /// <inheritdoc/>
    public void Read(ReadEvents request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        var operation = new ReadOperation(
            replyTo, () => _storage.Read(request), message => new ReadFailed(request.CorrelationId, message));
        if (JournalRequestCheck.Error(request) is { } error)
        {
            _device.Answer(operation.ReplyTo, new ReadFailed(request.CorrelationId, error));
            return;
        }

        _device.Read(operation);
    }

    /// <inheritdoc/>
    public void List(ListEntities request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        _device.Read(new ReadOperation(
            replyTo, () => _storage.List(request), message => new ReadFailed(request.CorrelationId, message)));
    }

    /// <inheritdoc/>
    public void ReadOwnership(ReadOwnerships request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        _device.Read(new ReadOperation(
            replyTo, () => _storage.ReadOwnership(request), message => new ReadFailed(request.CorrelationId, message)));
    }

    /// <inheritdoc/>
    public void ReadParked(ReadParkedMessages request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (JournalRequestCheck.Error(request) is { } error)
        {
            _device.Answer(replyTo, new ReadFailed(request.CorrelationId, error));
            return;
        }

        _device.Read(new ReadOperation(
            replyTo, () => _storage.ReadParked(request), message => new ReadFailed(request.CorrelationId, message)));
    }

    /// <inheritdoc/>
    public void Announce(AnnounceMember request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        Write(new AnnounceOperation(_storage, request, _now(), replyTo), JournalRequestCheck.Error(request));
    }

    /// <inheritdoc/>
    public void Compact(CompactEvents request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        Write(new CompactOperation(_storage, request, replyTo), JournalRequestCheck.Error(request));
    }

    private void Write(StorageOperation operation, string? error)
    {
        if (error is null)
        {
            _device.Write(operation);
        }
        else
        {
            _device.Answer(operation.ReplyTo, operation.Failed(AppendFailureReason.Rejected, error));
        }
    }
}
