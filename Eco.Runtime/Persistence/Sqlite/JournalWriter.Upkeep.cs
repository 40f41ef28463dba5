using System.Collections.Immutable;
using System.Globalization;
using Eco.Runtime.Persistence.Journals;

namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>Snapshots, claims, members, parked messages and compaction.</summary>
internal sealed partial class JournalWriter
{
    private const long RememberMembersMilliseconds = 24L * 60 * 60 * 1000;

    /// <summary>Replaces an entity's snapshot in the running transaction.</summary>
    public object SaveSnapshot(SaveSnapshotRequest request)
    {
        StoredSnapshot snapshot = request.Snapshot;
        SnapshotFailed Failed(string message) => new(request.CorrelationId, snapshot.SequenceNr, message);
        if (FenceError(request.Ownership) is { } fenced)
        {
            return Failed(fenced);
        }

        string id = request.PersistenceId;
        try
        {
            JournalEntity entity = Entity(id);
            long newest = Math.Max(0, entity.Row.Snapshot);
            if (snapshot.SequenceNr < newest || snapshot.SequenceNr > entity.Row.LastSequenceNr)
            {
                return Failed(Text(
                    $"{id}: a snapshot at {snapshot.SequenceNr} must lie between the stored snapshot ({newest}) and the last event ({entity.Row.LastSequenceNr})"));
            }

            (Digest256? chainBefore, Digest256? hashBefore) = StoredSnapshotHashes(id);
            Digest256 chain = ChainAt(entity, snapshot.SequenceNr, chainBefore);
            string hlc = snapshot.Timestamp.ToString();
            Digest256 hash = _hasher.Snapshot(id, snapshot.SequenceNr, snapshot.Manifest, snapshot.Payload, hlc, chain);
            MarkChanged(entity);
            _upsertSnapshot.Bind(1, id).Bind(2, snapshot.SequenceNr).Bind(3, snapshot.Timestamp.WallMilliseconds).Bind(4, snapshot.Payload)
                .Bind(5, snapshot.Manifest).Bind(6, hlc).Bind(7, chain).Bind(8, hash).Run();
            entity.Replace(hashBefore, hash);
            entity.Row = entity.Row with { Snapshot = snapshot.SequenceNr };
            return new SnapshotSaved(request.CorrelationId, snapshot.SequenceNr);
        }
        catch (JournalDamageException e)
        {
            return Failed(e.Message);
        }
    }

    /// <summary>Raises the epoch of the named partitions in the running transaction.</summary>
    public object Claim(ClaimPartitions request)
    {
        if (_partitionCount is { } count && count != request.PartitionCount)
        {
            return new ClaimFailed(request.CorrelationId, DifferentPartitionCount(count, request.PartitionCount));
        }

        if (_partitionCount is null)
        {
            string value = request.PartitionCount.ToString(CultureInfo.InvariantCulture);
            _insertMetadata.Bind(1, "partition_count").Bind(2, value).Run();
            _rows += _hasher.Metadata("partition_count", value);
            _partitionCount = request.PartitionCount;
        }

        ImmutableArray<Ownership>.Builder owned = ImmutableArray.CreateBuilder<Ownership>(request.Partitions.Length);
        foreach (int partition in request.Partitions)
        {
            if (_owners.TryGetValue(partition, out (long Epoch, string Writer) old))
            {
                _rows -= _hasher.Owner(partition, old.Epoch, old.Writer);
            }

            long epoch = old.Epoch + 1;
            _upsertOwner.Bind(1, partition).Bind(2, epoch).Bind(3, request.WriterId).Run();
            _rows += _hasher.Owner(partition, epoch, request.WriterId);
            _owners[partition] = (epoch, request.WriterId);
            owned.Add(new Ownership(partition, epoch, request.WriterId));
        }

        return new PartitionsClaimed(request.CorrelationId, owned.MoveToImmutable());
    }

    /// <summary>Lifts every owner epoch to at least this one.</summary>
    public void RaiseEpochs(long epoch)
    {
        foreach ((int partition, (long old, string writer)) in _owners.Where(owner => owner.Value.Epoch < epoch).ToList())
        {
            _upsertOwner.Bind(1, partition).Bind(2, epoch).Bind(3, writer).Run();
            _rows += _hasher.Owner(partition, epoch, writer) - _hasher.Owner(partition, old, writer);
            _owners[partition] = (epoch, writer);
        }
    }

    /// <summary>Notes or forgets a member in the running transaction.</summary>
    public object Announce(AnnounceMember request)
    {
        _selectNow.Step();
        long now = _selectNow.Int64(0);
        _selectNow.Reset();
        var members = new List<(string Host, long LastSeen)>();
        while (_selectMembers.Step())
        {
            members.Add((_selectMembers.Text(0), _selectMembers.Int64(1)));
        }

        foreach ((string host, long lastSeen) in members.Where(member => member.Host == request.Host || member.LastSeen <= now - RememberMembersMilliseconds))
        {
            _deleteMember.Bind(1, host).Run();
            _rows -= _hasher.Member(host, lastSeen);
        }

        members.RemoveAll(member => member.Host == request.Host || member.LastSeen <= now - RememberMembersMilliseconds);
        if (!request.Leaves)
        {
            _upsertMember.Bind(1, request.Host).Bind(2, now).Run();
            _rows += _hasher.Member(request.Host, now);
            members.Add((request.Host, now));
        }

        members.Sort((left, right) => string.CompareOrdinal(left.Host, right.Host));
        return new MembersListed(
            request.CorrelationId, [.. members.Select(member => new Member(member.Host, TimeSpan.FromMilliseconds(Math.Max(0, now - member.LastSeen))))]);
    }

    /// <summary>Deletes events below the stored snapshot in the running transaction.</summary>
    public object Compact(CompactEvents request)
    {
        if (FenceError(request.Ownership) is { } fenced)
        {
            return new CompactionFailed(request.CorrelationId, fenced);
        }

        string id = request.PersistenceId;
        try
        {
            JournalEntity entity = Entity(id);
            long newest = Math.Max(0, entity.Row.Snapshot);
            if (request.UpTo > newest)
            {
                return new CompactionFailed(
                    request.CorrelationId,
                    Text($"{id}: events up to {request.UpTo} cannot be deleted, the stored snapshot contains only those up to {newest}"));
            }

            if (request.UpTo <= entity.Row.CompactedSequenceNr)
            {
                return new Compacted(request.CorrelationId, 0);
            }

            Digest256 hash = ChainAt(entity, request.UpTo, null);
            _selectCompacted.Bind(1, id).Bind(2, request.UpTo).Step();
            (long deleted, long ordering) = (_selectCompacted.Int64(0), _selectCompacted.Int64(1));
            _selectCompacted.Reset();
            _deleteEvents.Bind(1, id).Bind(2, request.UpTo).Run();
            MarkChanged(entity);
            entity.Row = entity.Row with { CompactedSequenceNr = request.UpTo, CompactedHash = hash };
            _compactedOrdering = Math.Max(_compactedOrdering, ordering);
            return new Compacted(request.CorrelationId, deleted);
        }
        catch (JournalDamageException e)
        {
            return new CompactionFailed(request.CorrelationId, e.Message);
        }
    }

    private (Digest256? Chain, Digest256? Hash) StoredSnapshotHashes(string persistenceId)
    {
        (Digest256?, Digest256?) hashes = _selectSnapshotHashes.Bind(1, persistenceId).Step()
            ? (Digest256.TryRead(_selectSnapshotHashes.Blob(0)), Digest256.TryRead(_selectSnapshotHashes.Blob(1)))
            : (null, null);
        _selectSnapshotHashes.Reset();
        return hashes;
    }

    /// <summary>The hash of the chain after an event.</summary>
    private Digest256 ChainAt(JournalEntity entity, long sequenceNr, Digest256? ofSnapshot)
    {
        EntityRow row = entity.Row;
        if (sequenceNr == row.LastSequenceNr)
        {
            return row.LastHash;
        }

        if (sequenceNr == row.CompactedSequenceNr)
        {
            return row.CompactedHash;
        }

        if (sequenceNr == row.Snapshot && ofSnapshot is { } chain)
        {
            return chain;
        }

        Digest256? hash = _selectEventHash.Bind(1, row.PersistenceId).Bind(2, sequenceNr).Step() ? Digest256.TryRead(_selectEventHash.Blob(0)) : null;
        _selectEventHash.Reset();
        return hash ?? throw new JournalDamageException(new EntityCorrupt(row.PersistenceId, sequenceNr, "the event is missing"));
    }

    private AppendFailed? CheckParked(AppendRequest request)
    {
        if (request.Parked is { } parked && ParkedHash(request.PersistenceId, parked.Sender, parked.SequenceNr) is not null)
        {
            return AppendRules.Failure(request, AppendFailureReason.Fenced, $"message {parked.SequenceNr} of {parked.Sender} is parked already");
        }

        return request.Unparked is { } taken
            && (request.Parked?.Sender, request.Parked?.SequenceNr) != (taken.Sender, taken.SequenceNr)
            && ParkedHash(request.PersistenceId, taken.Sender, taken.SequenceNr) is null
                ? AppendRules.Failure(request, AppendFailureReason.Rejected, $"message {taken.SequenceNr} of {taken.Sender} is not parked")
                : null;
    }

    private void WriteParked(AppendRequest request, JournalEntity entity)
    {
        string receiver = request.PersistenceId;
        if (request.Parked is { } m)
        {
            _insertParked.Bind(1, receiver).Bind(2, m.Sender).Bind(3, m.SequenceNr).Bind(4, m.Timestamp.WallMilliseconds).Bind(5, m.Payload)
                .Bind(6, m.Manifest).Bind(7, m.Timestamp.ToString()).Bind(8, m.Attempts).Bind(9, m.Reason).Bind(10, m.Detail).Run();
            entity.Replace(null, _hasher.Parked(receiver, m));
            entity.Row = entity.Row with { ParkedRows = entity.Row.ParkedRows + 1 };
        }

        if (request.Unparked is { } taken)
        {
            Digest256? hash = ParkedHash(receiver, taken.Sender, taken.SequenceNr);
            _deleteParked.Bind(1, receiver).Bind(2, taken.Sender).Bind(3, taken.SequenceNr).Run();
            entity.Replace(hash, null);
            entity.Row = entity.Row with { ParkedRows = entity.Row.ParkedRows - 1 };
        }
    }

    private Digest256? ParkedHash(string receiver, string sender, long sequenceNr)
    {
        Digest256? hash = null;
        if (_selectParked.Bind(1, receiver).Bind(2, sender).Bind(3, sequenceNr).Step())
        {
            hash = _hasher.Parked(receiver, JournalReader.ReadParked(_selectParked));
        }

        _selectParked.Reset();
        return hash;
    }
}
