using Microsoft.Data.Sqlite;

namespace Eco.Runtime.Persistence.Sqlite;

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

    /// <summary>Reads the columns of a query that begins with <see cref="Columns"/>.</summary>
    public static EntityRow Read(NativeStatement row) => new(
        row.Text(0),
        row.Int64(1),
        Digest(row, 2),
        row.Int64(3),
        Digest(row, 4),
        row.Int64(5),
        row.Int64(6),
        row.Int64(7),
        Digest(row, 8),
        Digest(row, 9));

    public bool IsValid(RowHasher hasher) => Hash == hasher.Entity(this);

    // A blob of another length cannot be what was stored; all zeros will not be either.
    private static Digest256 Digest(NativeStatement row, int column) => Digest256.TryRead(row.Blob(column)) ?? Digest256.Zero;
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

    /// <summary>Reads the row. It must be what it says.</summary>
    /// <exception cref="JournalDamageException">It is not there, or changed.</exception>
    public static StateRow Read(SqliteConnection connection, RowHasher hasher, string file)
    {
        using var select = new NativeStatement(
            connection, "SELECT commit_number, last_ordering, compacted_ordering, rows_digest, digest, previous_digest FROM state WHERE id = 1");
        if (select.Step()
            && Digest256.TryRead(select.Blob(3)) is { } rows
            && Digest256.TryRead(select.Blob(4)) is { } digest
            && Digest256.TryRead(select.Blob(5)) is { } previous)
        {
            var state = new StateRow(select.Int64(0), select.Int64(1), select.Int64(2), rows, digest, previous);
            if (digest == hasher.State(state))
            {
                return state;
            }
        }

        throw new JournalDamageException(new FileCorrupt(file, null, "the row of the table state is missing or changed"));
    }
}

/// <summary>The rows of the small tables and of the entities against the state row's digest.</summary>
internal static class JournalStateCheck
{
    /// <summary>Reads all rows that the state's digest covers.</summary>
    /// <returns>The entities whose row is damaged; the others' are what was committed.</returns>
    /// <exception cref="JournalDamageException">Rows changed, vanished or came back, and it is not known whose.</exception>
    public static IReadOnlyList<EntityRow> Run(SqliteConnection connection, StateRow state, RowHasher hasher, string file, Action<EntityRow>? each = null)
    {
        Digest256 good = SmallTables(connection, hasher);
        Digest256 stored = Digest256.Zero;
        var damaged = new List<EntityRow>();
        using var entities = new NativeStatement(connection, $"SELECT {EntityRow.Columns} FROM entity");
        while (entities.Step())
        {
            EntityRow row = EntityRow.Read(entities);
            each?.Invoke(row);
            if (row.IsValid(hasher))
            {
                good += row.Hash;
            }
            else
            {
                stored += row.Hash;
                damaged.Add(row);
            }
        }

        Digest256 rest = state.Rows - good;
        // What is left must be the damaged rows' own: with one of them it is, whatever became of its hash.
        bool explained = damaged.Count == 0 ? rest == Digest256.Zero : damaged.Count == 1 || rest == stored;
        return explained && NamesAreTrue(connection, damaged)
            ? damaged
            : throw new JournalDamageException(
                new FileCorrupt(file, null, "rows of entity, ownership, members or metadata changed, vanished or came back"));
    }

    /// <summary>
    /// A damaged row may have lost its name, and its entity would be missing from every list. So its name must be that of other rows, and no
    /// other entity's.
    /// </summary>
    private static bool NamesAreTrue(SqliteConnection connection, List<EntityRow> damaged)
    {
        if (damaged.Count == 0)
        {
            return true;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        using (var names = new NativeStatement(connection, "SELECT persistence_id, length(row_hash) FROM entity"))
        {
            while (names.Step())
            {
                if (!seen.Add(names.Text(0)))
                {
                    return false;
                }
            }
        }

        using var any = new NativeStatement(connection, JournalReader.AnyRow);
        return damaged.All(row =>
        {
            bool has = any.Bind(1, row.PersistenceId).Step();
            any.Reset();
            return has;
        });
    }

    /// <summary>The sum of the hashes of ownership, members and metadata.</summary>
    public static Digest256 SmallTables(SqliteConnection connection, RowHasher hasher)
    {
        Digest256 sum = Digest256.Zero;
        using (var owners = new NativeStatement(connection, "SELECT partition, owner_epoch, writer_id FROM ownership"))
        {
            while (owners.Step())
            {
                sum += hasher.Owner(owners.Int64(0), owners.Int64(1), owners.Text(2));
            }
        }

        using (var members = new NativeStatement(connection, "SELECT host, last_seen FROM members"))
        {
            while (members.Step())
            {
                sum += hasher.Member(members.Text(0), members.Int64(1));
            }
        }

        using var metadata = new NativeStatement(connection, "SELECT key, value FROM metadata");
        while (metadata.Step())
        {
            sum += hasher.Metadata(metadata.Text(0), metadata.Text(1));
        }

        return sum;
    }
}
