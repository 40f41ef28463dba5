using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>
/// The statements of the write connection, used by the writer's thread alone. Each request runs in a savepoint of the shared
/// transaction, so that one that is refused takes nothing of the others down.
/// </summary>
internal sealed partial class JournalWriter : IDisposable
{
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly SqliteStatement _savepoint;
    private readonly SqliteStatement _rollbackToSavepoint;
    private readonly SqliteStatement _release;
    private readonly SqliteStatement _selectOwner;
    private readonly SqliteStatement _upsertOwner;
    private readonly SqliteStatement _selectLastEvent;
    private readonly SqliteStatement _selectLastSnapshot;
    private readonly SqliteStatement _insertEvent;
    private readonly SqliteStatement _selectPosition;
    private readonly SqliteStatement _upsertPosition;
    private readonly SqliteStatement _insertOutbox;
    private readonly SqliteStatement _deleteOutbox;
    private readonly SqliteStatement _selectInbox;
    private readonly SqliteStatement _upsertInbox;
    private readonly SqliteStatement _deleteSnapshots;
    private readonly SqliteStatement _insertSnapshot;
    private readonly SqliteStatement _selectMetadata;
    private readonly SqliteStatement _insertMetadata;
    private readonly SqliteStatement _deleteAttempt;
    private readonly SqliteStatement _upsertAttempt;
    private readonly SqliteStatement _insertParked;
    private readonly SqliteStatement _deleteParked;
    private readonly SqliteStatement _upsertMember;
    private readonly SqliteStatement _deleteMember;
    private readonly SqliteStatement _selectMembers;
    private readonly SqliteStatement _deleteEvents;
    private readonly List<SqliteStatement> _all = [];

    public JournalWriter(SqliteConnection connection)
    {
        SqliteStatement Prepare(string sql)
        {
            var statement = new SqliteStatement(connection, sql);
            _all.Add(statement);
            return statement;
        }

        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _savepoint = Prepare("SAVEPOINT request");
        _rollbackToSavepoint = Prepare("ROLLBACK TO request");
        _release = Prepare("RELEASE request");
        _selectOwner = Prepare("SELECT owner_epoch, writer_id FROM ownership WHERE partition = $1");
        _upsertOwner = Prepare("INSERT INTO ownership(partition, owner_epoch, writer_id) VALUES ($1, $2, $3) ON CONFLICT(partition) DO UPDATE SET owner_epoch = excluded.owner_epoch, writer_id = excluded.writer_id");
        _selectLastEvent = Prepare("SELECT MAX(sequence_number) FROM journal WHERE persistence_id = $1");
        _selectLastSnapshot = Prepare("SELECT MAX(sequence_number) FROM snapshot WHERE persistence_id = $1");
        _insertEvent = Prepare("INSERT INTO journal(persistence_id, sequence_number, created, message, manifest, writer_uuid, hlc) VALUES ($1, $2, $3, $4, $5, $6, $7)");
        _selectPosition = Prepare("SELECT last_seq, acked_seq FROM outbox_position WHERE sender = $1 AND receiver = $2");
        _upsertPosition = Prepare("INSERT INTO outbox_position(sender, receiver, last_seq, acked_seq) VALUES ($1, $2, $3, $4) ON CONFLICT(sender, receiver) DO UPDATE SET last_seq = excluded.last_seq, acked_seq = excluded.acked_seq");
        _insertOutbox = Prepare("INSERT INTO outbox(sender, receiver, sequence_number, created, message, manifest, hlc) VALUES ($1, $2, $3, $4, $5, $6, $7)");
        _deleteOutbox = Prepare("DELETE FROM outbox WHERE sender = $1 AND receiver = $2 AND sequence_number <= $3");
        _selectInbox = Prepare("SELECT last_seq, owner_epoch FROM inbox WHERE receiver = $1 AND sender = $2");
        _upsertInbox = Prepare("INSERT INTO inbox(receiver, sender, last_seq, owner_epoch) VALUES ($1, $2, $3, $4) ON CONFLICT(receiver, sender) DO UPDATE SET last_seq = excluded.last_seq, owner_epoch = excluded.owner_epoch");
        _deleteSnapshots = Prepare("DELETE FROM snapshot WHERE persistence_id = $1");
        _insertSnapshot = Prepare("INSERT INTO snapshot(persistence_id, sequence_number, created, snapshot, manifest, hlc) VALUES ($1, $2, $3, $4, $5, $6)");
        _deleteAttempt = Prepare("DELETE FROM inbox_attempt WHERE receiver = $1 AND sender = $2 AND sequence_number <= $3");
        _upsertAttempt = Prepare("INSERT INTO inbox_attempt(receiver, sender, sequence_number, attempts, reason) VALUES ($1, $2, $3, $4, $5) ON CONFLICT(receiver, sender) DO UPDATE SET sequence_number = excluded.sequence_number, attempts = excluded.attempts, reason = excluded.reason");
        _insertParked = Prepare("INSERT INTO parked(receiver, sender, sequence_number, created, message, manifest, hlc, attempts, reason, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
        _deleteParked = Prepare("DELETE FROM parked WHERE receiver = $1 AND sender = $2 AND sequence_number = $3");
        _upsertMember = Prepare($"INSERT INTO members(host, last_seen) VALUES ($1, {Now}) ON CONFLICT(host) DO UPDATE SET last_seen = excluded.last_seen");
        _deleteMember = Prepare("DELETE FROM members WHERE host = $1");
        _selectMembers = Prepare($"SELECT host, {Now} - last_seen FROM members WHERE last_seen > {Now} - $1");
        _deleteEvents = Prepare("DELETE FROM journal WHERE persistence_id = $1 AND sequence_number <= $2");
        _selectMetadata = Prepare("SELECT value FROM metadata WHERE key = $1");
        _insertMetadata = Prepare("INSERT INTO metadata(key, value) VALUES ($1, $2)");
    }

    public void Begin() => _begin.Run();

    public void Commit() => _commit.Run();

    public void Rollback() => _rollback.Run();

    /// <summary>Writes an append into the running transaction; answers what the caller is told if the transaction commits.</summary>
    public object Append(AppendRequest request)
    {
        if (FenceError(request.Ownership) is { } fenced)
        {
            return new AppendFailed(request.CorrelationId, AppendFailureReason.Fenced, fenced);
        }

        _savepoint.Run();
        AppendFailed? failure;
        try
        {
            failure = WriteEvents(request) ?? WriteOutbox(request) ?? RemoveAcknowledged(request) ?? AdvanceInbox(request) ?? SetAside(request);
        }
        catch (SqliteException e) when (SqliteErrors.IsRefused(e))
        {
            AppendFailureReason reason = SqliteErrors.IsTaken(e) ? AppendFailureReason.Fenced : AppendFailureReason.Rejected;
            failure = new AppendFailed(request.CorrelationId, reason, $"{request.PersistenceId}: {SqliteErrors.Describe(e)}");
        }

        if (failure is not null)
        {
            _rollbackToSavepoint.Run();
        }

        _release.Run();
        return failure ?? (object)new AppendCommitted(request.CorrelationId);
    }

    /// <summary>Replaces an entity's snapshot in the running transaction.</summary>
    public object SaveSnapshot(SaveSnapshotRequest request)
    {
        StoredSnapshot snapshot = request.Snapshot;
        if (FenceError(request.Ownership) is { } fenced)
        {
            return new SnapshotFailed(request.CorrelationId, snapshot.SequenceNr, fenced);
        }

        long newest = (long?)_selectLastSnapshot.Scalar(request.PersistenceId) ?? 0;
        long lastEvent = (long?)_selectLastEvent.Scalar(request.PersistenceId) ?? 0;
        if (snapshot.SequenceNr < newest || snapshot.SequenceNr > Math.Max(newest, lastEvent))
        {
            return new SnapshotFailed(
                request.CorrelationId,
                snapshot.SequenceNr,
                Text($"{request.PersistenceId}: a snapshot at {snapshot.SequenceNr} must lie between the stored snapshot ({newest}) and the last event ({lastEvent})"));
        }

        _deleteSnapshots.Run(request.PersistenceId);
        _insertSnapshot.Run(
            request.PersistenceId,
            snapshot.SequenceNr,
            snapshot.Timestamp.WallMilliseconds,
            snapshot.Payload,
            snapshot.Manifest,
            snapshot.Timestamp.ToString());
        return new SnapshotSaved(request.CorrelationId, snapshot.SequenceNr);
    }

    /// <summary>Raises the epoch of the named partitions in the running transaction.</summary>
    public object Claim(ClaimPartitions request)
    {
        int? stored = StoredPartitionCount();
        if (stored is { } count && count != request.PartitionCount)
        {
            return new ClaimFailed(request.CorrelationId, DifferentPartitionCount(count, request.PartitionCount));
        }

        if (stored is null)
        {
            _insertMetadata.Run("partition_count", request.PartitionCount.ToString(CultureInfo.InvariantCulture));
        }

        ImmutableArray<Ownership>.Builder owned = ImmutableArray.CreateBuilder<Ownership>(request.Partitions.Length);
        foreach (int partition in request.Partitions)
        {
            long epoch = ((long?)_selectOwner.Scalar(partition) ?? 0) + 1;
            _upsertOwner.Run(partition, epoch, request.WriterId);
            owned.Add(new Ownership(partition, epoch, request.WriterId));
        }

        return new PartitionsClaimed(request.CorrelationId, owned.MoveToImmutable());
    }

    /// <summary>The number of partitions that the file was made for; null before the first claim.</summary>
    public int? StoredPartitionCount() =>
        _selectMetadata.Scalar("partition_count") is string text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    public static string DifferentPartitionCount(int stored, int wanted) =>
        Text($"it was made for {stored} partitions and {wanted} are configured");

    public void Dispose() => _all.ForEach(statement => statement.Dispose());

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private static AppendFailed Failure(AppendRequest request, AppendFailureReason reason, FormattableString text) =>
        new(request.CorrelationId, reason, Text($"{request.PersistenceId}: {Text(text)}"));

    private string? FenceError(Ownership claimed)
    {
        using SqliteDataReader row = _selectOwner.Query(claimed.Partition);
        if (!row.Read())
        {
            return Text($"partition {claimed.Partition} was never claimed");
        }

        (long epoch, string writer) = (row.GetInt64(0), row.GetString(1));
        return epoch == claimed.OwnerEpoch && writer == claimed.WriterId
            ? null
            : Text($"partition {claimed.Partition} is owned by {writer} in epoch {epoch}, not by {claimed.WriterId} in epoch {claimed.OwnerEpoch}");
    }

    private AppendFailed? WriteEvents(AppendRequest request)
    {
        if (request.Events.IsEmpty)
        {
            return null;
        }

        // Events below the snapshot may have been deleted, so the snapshot counts too.
        long last = Math.Max(
            (long?)_selectLastEvent.Scalar(request.PersistenceId) ?? 0,
            (long?)_selectLastSnapshot.Scalar(request.PersistenceId) ?? 0);
        foreach (JournalEvent e in request.Events)
        {
            if (e.SequenceNr <= last)
            {
                return Failure(request, AppendFailureReason.Fenced, $"sequence number {e.SequenceNr} is taken, the last one is {last}");
            }

            if (e.SequenceNr != last + 1)
            {
                return Failure(request, AppendFailureReason.Rejected, $"sequence number {e.SequenceNr} leaves a gap after {last}");
            }

            _insertEvent.Run(request.PersistenceId, e.SequenceNr, e.Timestamp.WallMilliseconds, e.Payload, e.Manifest, request.Ownership.WriterId, e.Timestamp.ToString());
            last = e.SequenceNr;
        }

        return null;
    }

    private (long Last, long Acknowledged) Position(string sender, string receiver)
    {
        using SqliteDataReader row = _selectPosition.Query(sender, receiver);
        return row.Read() ? (row.GetInt64(0), row.GetInt64(1)) : (0, 0);
    }

    private AppendFailed? WriteOutbox(AppendRequest request)
    {
        foreach (OutboxRow message in request.Outbox)
        {
            (long last, long acknowledged) = Position(request.PersistenceId, message.Receiver);
            if (message.SequenceNr != last + 1)
            {
                AppendFailureReason reason = message.SequenceNr <= last ? AppendFailureReason.Fenced : AppendFailureReason.Rejected;
                return Failure(request, reason, $"message {message.SequenceNr} to {message.Receiver} must be number {last + 1}");
            }

            _insertOutbox.Run(request.PersistenceId, message.Receiver, message.SequenceNr, message.Timestamp.WallMilliseconds, message.Payload, message.Manifest, message.Timestamp.ToString());
            _upsertPosition.Run(request.PersistenceId, message.Receiver, message.SequenceNr, acknowledged);
        }

        return null;
    }

    private AppendFailed? RemoveAcknowledged(AppendRequest request)
    {
        foreach ((string receiver, long upTo) in request.Acknowledged)
        {
            (long last, long acknowledged) = Position(request.PersistenceId, receiver);
            if (upTo > last)
            {
                return Failure(request, AppendFailureReason.Rejected, $"acknowledgement of {upTo} by {receiver}, but only {last} were sent");
            }

            if (upTo > acknowledged)
            {
                _deleteOutbox.Run(request.PersistenceId, receiver, upTo);
                _upsertPosition.Run(request.PersistenceId, receiver, last, upTo);
            }
        }

        return null;
    }

    private AppendFailed? AdvanceInbox(AppendRequest request)
    {
        if (request.Inbox is not { } inbox)
        {
            return null;
        }

        (long last, long epoch) = (0, 0);
        using (SqliteDataReader row = _selectInbox.Query(request.PersistenceId, inbox.Sender))
        {
            if (row.Read())
            {
                (last, epoch) = (row.GetInt64(0), row.GetInt64(1));
            }
        }

        bool advances = inbox.LastSequenceNr > last || (inbox.LastSequenceNr == last && inbox.OwnerEpoch > epoch);
        if (!advances || inbox.OwnerEpoch < epoch)
        {
            return Failure(
                request,
                AppendFailureReason.Rejected,
                $"the inbox of {inbox.Sender} is at {last} in owner epoch {epoch} and cannot go to {inbox.LastSequenceNr} in {inbox.OwnerEpoch}");
        }

        _upsertInbox.Run(request.PersistenceId, inbox.Sender, inbox.LastSequenceNr, inbox.OwnerEpoch);
        _deleteAttempt.Run(request.PersistenceId, inbox.Sender, inbox.LastSequenceNr);
        return null;
    }
}
