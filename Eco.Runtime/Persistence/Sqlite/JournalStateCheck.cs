using Eco.Runtime.Persistence.Journals;
using Microsoft.Data.Sqlite;

namespace Eco.Runtime.Persistence.Sqlite;

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
            EntityRow row = JournalRowReader.Entity(entities);
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
