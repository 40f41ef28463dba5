using Eco.Runtime.Persistence.Journals;

namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>The prepared statements.</summary>
internal sealed partial class JournalWriter
{
    private NativeStatement _begin = null!;
    private NativeStatement _commit = null!;
    private NativeStatement _rollback = null!;
    private NativeStatement _selectDataVersion = null!;
    private NativeStatement _updateState = null!;
    private NativeStatement _selectEntity = null!;
    private NativeStatement _selectAny = null!;
    private NativeStatement _upsertEntity = null!;
    private NativeStatement _upsertOwner = null!;
    private NativeStatement _insertMetadata = null!;
    private NativeStatement _insertEvent = null!;
    private NativeStatement _selectEventHash = null!;
    private NativeStatement _selectPositions = null!;
    private NativeStatement _upsertPosition = null!;
    private NativeStatement _insertOutbox = null!;
    private NativeStatement _selectOutboxHashes = null!;
    private NativeStatement _deleteOutbox = null!;
    private NativeStatement _selectInbox = null!;
    private NativeStatement _upsertInbox = null!;
    private NativeStatement _selectAttempts = null!;
    private NativeStatement _upsertAttempt = null!;
    private NativeStatement _deleteAttempt = null!;
    private NativeStatement _selectSnapshotHashes = null!;
    private NativeStatement _upsertSnapshot = null!;
    private NativeStatement _insertParked = null!;
    private NativeStatement _selectParked = null!;
    private NativeStatement _deleteParked = null!;
    private NativeStatement _selectNow = null!;
    private NativeStatement _upsertMember = null!;
    private NativeStatement _deleteMember = null!;
    private NativeStatement _selectMembers = null!;
    private NativeStatement _selectCompacted = null!;
    private NativeStatement _deleteEvents = null!;

    private void PrepareAll()
    {
        NativeStatement Prepare(string sql)
        {
            var statement = new NativeStatement(_connection, sql);
            _all.Add(statement);
            return statement;
        }

        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _selectDataVersion = Prepare("PRAGMA data_version");
        _updateState = Prepare("UPDATE state SET commit_number = $1, last_ordering = $2, compacted_ordering = $3, rows_digest = $4, digest = $5, previous_digest = $6 WHERE id = 1");
        _selectEntity = Prepare($"SELECT {EntityRow.Columns} FROM entity WHERE persistence_id = $1");
        _selectAny = Prepare(JournalReader.AnyRow);
        _upsertEntity = Prepare($"REPLACE INTO entity({EntityRow.Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
        _upsertOwner = Prepare("REPLACE INTO ownership(partition, owner_epoch, writer_id) VALUES ($1, $2, $3)");
        _insertMetadata = Prepare("INSERT INTO metadata(key, value) VALUES ($1, $2)");
        _insertEvent = Prepare("INSERT INTO journal(ordering, persistence_id, sequence_number, created, message, manifest, writer_uuid, owner_epoch, hlc, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
        _selectEventHash = Prepare("SELECT hash FROM journal WHERE persistence_id = $1 AND sequence_number = $2");
        _selectPositions = Prepare("SELECT receiver, last_seq, acked_seq FROM outbox_position WHERE sender = $1");
        _upsertPosition = Prepare("REPLACE INTO outbox_position(sender, receiver, last_seq, acked_seq) VALUES ($1, $2, $3, $4)");
        _insertOutbox = Prepare("INSERT INTO outbox(sender, receiver, sequence_number, created, message, manifest, hlc, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
        _selectOutboxHashes = Prepare("SELECT hash FROM outbox WHERE sender = $1 AND receiver = $2 AND sequence_number <= $3");
        _deleteOutbox = Prepare("DELETE FROM outbox WHERE sender = $1 AND receiver = $2 AND sequence_number <= $3");
        _selectInbox = Prepare("SELECT sender, last_seq, owner_epoch FROM inbox WHERE receiver = $1");
        _upsertInbox = Prepare("REPLACE INTO inbox(receiver, sender, last_seq, owner_epoch) VALUES ($1, $2, $3, $4)");
        _selectAttempts = Prepare("SELECT sender, sequence_number, attempts, reason FROM inbox_attempt WHERE receiver = $1");
        _upsertAttempt = Prepare("REPLACE INTO inbox_attempt(receiver, sender, sequence_number, attempts, reason) VALUES ($1, $2, $3, $4, $5)");
        _deleteAttempt = Prepare("DELETE FROM inbox_attempt WHERE receiver = $1 AND sender = $2");
        _selectSnapshotHashes = Prepare("SELECT chain_hash, hash FROM snapshot WHERE persistence_id = $1");
        _upsertSnapshot = Prepare("REPLACE INTO snapshot(persistence_id, sequence_number, created, snapshot, manifest, hlc, chain_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
        _insertParked = Prepare("INSERT INTO parked(receiver, sender, sequence_number, created, message, manifest, hlc, attempts, reason, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
        _selectParked = Prepare($"SELECT {JournalReader.ParkedColumns} FROM parked WHERE receiver = $1 AND sender = $2 AND sequence_number = $3");
        _deleteParked = Prepare("DELETE FROM parked WHERE receiver = $1 AND sender = $2 AND sequence_number = $3");
        _selectNow = Prepare("SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)");
        _upsertMember = Prepare("REPLACE INTO members(host, last_seen) VALUES ($1, $2)");
        _deleteMember = Prepare("DELETE FROM members WHERE host = $1");
        _selectMembers = Prepare("SELECT host, last_seen FROM members");
        _selectCompacted = Prepare("SELECT COUNT(*), MAX(ordering) FROM journal WHERE persistence_id = $1 AND sequence_number <= $2");
        _deleteEvents = Prepare("DELETE FROM journal WHERE persistence_id = $1 AND sequence_number <= $2");
    }
}
