using Eco.Runtime.Persistence.Journals;
using Microsoft.Data.Sqlite;

namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>Reads rows of the file whose hash covers them.</summary>
internal static class JournalRowReader
{
    /// <summary>Reads the columns of a query that begins with <see cref="EntityRow.Columns"/>.</summary>
    public static EntityRow Entity(NativeStatement row) => new(
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

    /// <summary>Reads the one row of the table state. It must be what it says.</summary>
    /// <exception cref="JournalDamageException">It is not there, or changed.</exception>
    public static StateRow State(SqliteConnection connection, RowHasher hasher, string file)
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

    // A blob of another length cannot be what was stored; all zeros will not be either.
    private static Digest256 Digest(NativeStatement row, int column) => Digest256.TryRead(row.Blob(column)) ?? Digest256.Zero;
}
