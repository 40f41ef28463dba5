using Eco.Runtime.Persistence.Sqlite;
using Microsoft.Data.Sqlite;

namespace Eco.Runtime.Persistence.Statistics;

/// <summary>
/// The agent's part of a statistics file: a table of rows for each priority, one row of numbers over all of them. Used by the store's thread
/// alone, inside its transactions.
/// </summary>
internal sealed class StatisticsBufferTables : IDisposable
{
    private const int Priorities = 3;

    /// <summary>A page is free only when all of its rows are gone; single rows would free none.</summary>
    private const int LeastDrop = 64;
    private const int MostDrop = 16_384;

    private readonly List<SqliteStatement> _all = [];
    private readonly SqliteStatement[] _insert = new SqliteStatement[Priorities];
    private readonly SqliteStatement[] _trim = new SqliteStatement[Priorities];
    private readonly SqliteStatement[] _nth = new SqliteStatement[Priorities];
    private readonly SqliteStatement[] _negate = new SqliteStatement[Priorities];
    private readonly SqliteStatement[] _renumber = new SqliteStatement[Priorities];
    private readonly SqliteStatement[] _first = new SqliteStatement[Priorities];
    private readonly SqliteStatement _save;
    private readonly long[] _buffered = new long[Priorities];
    private readonly long[] _dropped = new long[Priorities];

    /// <summary>Dropped rows that no commit has kept yet, because they were never taken.</summary>
    private readonly long[] _refused = new long[Priorities];

    public StatisticsBufferTables(SqliteConnection connection)
    {
        SqliteStatement Prepare(string sql)
        {
            var statement = new SqliteStatement(connection, sql);
            _all.Add(statement);
            return statement;
        }

        for (int p = 0; p < Priorities; p++)
        {
            string table = FormattableString.Invariant($"buffer_{p}");
            _insert[p] = Prepare($"INSERT INTO {table}(sequence_number, series, value, wall, counter, host) VALUES ($1, $2, $3, $4, $5, $6)");
            _trim[p] = Prepare($"DELETE FROM {table} WHERE sequence_number <= $1");
            _nth[p] = Prepare($"SELECT sequence_number FROM {table} ORDER BY sequence_number LIMIT 1 OFFSET $1");
            _negate[p] = Prepare($"UPDATE {table} SET sequence_number = -(sequence_number + $1)");
            _renumber[p] = Prepare($"UPDATE {table} SET sequence_number = -sequence_number");
            _first[p] = Prepare($"SELECT MIN(sequence_number) FROM {table}");
        }

        _save = Prepare("UPDATE counters SET last_sequence_number = $1, dropped_0 = $2, dropped_1 = $3, dropped_2 = $4, evicted = $5, syncs = syncs + 1");
    }

    /// <summary>The last number given out.</summary>
    public long LastSequenceNr { get; private set; }

    /// <summary>Rows that wait.</summary>
    public long Count => _buffered.Sum();

    /// <summary>Rows dropped since the file was made.</summary>
    public DroppedStatistics Dropped => new(_dropped[0], _dropped[1], _dropped[2]);

    /// <summary>Takes over what the file says, and keeps what no commit has kept yet.</summary>
    public void Load(StatisticsBuffer buffer)
    {
        LastSequenceNr = buffer.LastSequenceNr;
        (_buffered[0], _buffered[1], _buffered[2]) = (buffer.Traces, buffer.Metrics, buffer.Results);
        (_dropped[0], _dropped[1], _dropped[2]) = (buffer.Dropped.Traces, buffer.Dropped.Metrics, buffer.Dropped.Results);
        for (int p = 0; p < Priorities; p++)
        {
            _dropped[p] += _refused[p];
        }
    }

    /// <summary>Gives a row the next number.</summary>
    public long Add(NewStatistic row, long series)
    {
        int p = (int)row.Priority;
        HybridTimestamp at = row.Timestamp;
        _insert[p].Run(++LastSequenceNr, series, row.Value, at.WallMilliseconds, at.Counter, at.Host);
        _buffered[p]++;
        return LastSequenceNr;
    }

    /// <summary>Counts rows that could not be taken; they have no number. The next commit keeps the count.</summary>
    public void CountRefused(IEnumerable<NewStatistic> rows)
    {
        foreach (NewStatistic row in rows)
        {
            _refused[(int)row.Priority]++;
            _dropped[(int)row.Priority]++;
        }
    }

    /// <summary>Frees all rows up to a number.</summary>
    public void Free(long upTo)
    {
        for (int p = 0; p < Priorities; p++)
        {
            _buffered[p] -= _trim[p].Run(upTo);
        }
    }

    /// <summary>Gives all rows higher numbers, in the same order, the first of them the one after <paramref name="last"/>.</summary>
    public void RenumberAfter(long last)
    {
        long first = _first.Min(statement => statement.Scalar() as long?) ?? LastSequenceNr + 1;
        long shift = last + 1 - first;
        for (int p = 0; p < Priorities; p++)
        {
            // By way of negative numbers, none of which is taken.
            _negate[p].Run(shift);
            _renumber[p].Run();
        }

        LastSequenceNr += shift;
    }

    /// <summary>Drops so many rows: the lowest priority first, and of it the oldest.</summary>
    public void Drop(long count)
    {
        for (int p = 0; p < Priorities && count > 0; p++)
        {
            long here = Math.Min(count, _buffered[p]);
            if (here > 0)
            {
                long dropped = _trim[p].Run((long)_nth[p].Scalar(here - 1)!);
                _buffered[p] -= dropped;
                _dropped[p] += dropped;
                count -= dropped;
            }
        }
    }

    /// <summary>Drops enough to free some pages; of one priority where it has as much.</summary>
    public void DropSome()
    {
        int lowest = Array.FindIndex(_buffered, rows => rows > 0);
        if (lowest >= 0)
        {
            Drop(Math.Clamp(_buffered[lowest] / 16, LeastDrop, MostDrop));
        }
    }

    /// <summary>Writes the counts.</summary>
    public void Save(long evicted) => _save.Run(LastSequenceNr, _dropped[0], _dropped[1], _dropped[2], evicted);

    /// <summary>The commit kept all counts.</summary>
    public void Committed() => Array.Clear(_refused);

    public void Dispose() => _all.ForEach(statement => statement.Dispose());
}
