namespace Eco.Runtime.Persistence.Journals;

/// <summary>A row of the table entity: how far its chain goes, and what its other rows come to.</summary>
internal readonly record struct EntityRow(
    string PersistenceId,
    long LastSequenceNr,
    Digest256 LastHash,
    long CompactedSequenceNr,
    Digest256 CompactedHash,
    long Snapshot,
    long OutboxRows,
    long ParkedRows,
    Digest256 Rows,
    Digest256 Hash)
{
    /// <summary>The value of <see cref="Snapshot"/> where there is none.</summary>
    public const long NoSnapshot = -1;

    /// <summary>The row of an entity of which nothing is stored.</summary>
    public static EntityRow New(string persistenceId) => new(
        persistenceId, 0, Digest256.Zero, 0, Digest256.Zero, NoSnapshot, 0, 0, Digest256.Zero, Digest256.Zero);

    public const string Columns =
        "persistence_id, last_seq, last_hash, compacted_seq, compacted_hash, snapshot_seq, outbox_rows, parked_rows, rows_digest, row_hash";

    /// <summary>Whether its hash is that of what it says.</summary>
    public bool IsValid(RowHasher hasher) => Hash == hasher.Entity(this);
}

/// <summary>The one row of the table state.</summary>
internal readonly record struct StateRow(
    long Commit, long LastOrdering, long CompactedOrdering, Digest256 Rows, Digest256 Digest, Digest256 Previous)
{
    /// <summary>The state before the first commit.</summary>
    public static StateRow Empty(RowHasher hasher)
    {
        var state = new StateRow(0, 0, 0, Digest256.Zero, Digest256.Zero, Digest256.Zero);
        return state with { Digest = hasher.State(state) };
    }
}
