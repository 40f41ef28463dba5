using System.Collections.Immutable;
using System.Data.Common;
using Dapper;
using Eco.Runtime.Persistence;

namespace Eco.Actors.Timeline.Sql;

/// <summary>
/// The writing side of the timeline. Synchronous; the caller owns the thread. The offset of each partition moves in the transaction that writes its
/// rows, and only from where the projector knew it: after a crash the projection goes on exactly where it stopped, and two projectors of one
/// partition write each event once.
/// </summary>
public sealed class TimelineDatabase : IDisposable
{
    private readonly ITimelineSql _sql;

    /// <summary>Works on a database that it closes at its end.</summary>
    public TimelineDatabase(ITimelineSql sql) => _sql = sql;

    /// <summary>Opens or creates the file. There must be no second writer.</summary>
    /// <exception cref="DbException">The file cannot be opened, or is not a database.</exception>
    public static TimelineDatabase Open(string path) => new(SqliteTimeline.OpenForWriting(path));

    /// <summary>How far each partition is applied; partitions without an event are missing.</summary>
    public ImmutableArray<PartitionPosition> Offsets() => _sql.InTransaction<ImmutableArray<PartitionPosition>>(writes: false, transaction =>
        [.. transaction.Connection!
            .Query<(long Partition, long Ordering)>("SELECT partition, ordering FROM projection_offset ORDER BY partition", transaction: transaction)
            .Select(row => new PartitionPosition((int)row.Partition, row.Ordering))]);

    /// <summary>Applies events and moves offsets in one transaction.</summary>
    /// <param name="events">In order.</param>
    /// <param name="from">The offsets that move, where they are now.</param>
    /// <param name="to">The same partitions, in the same order, after the events.</param>
    /// <returns>False where an offset is somewhere else; then nothing was done.</returns>
    public bool Apply(ImmutableArray<ProjectedEvent> events, ImmutableArray<PartitionPosition> from, ImmutableArray<PartitionPosition> to) =>
        _sql.InTransaction(writes: true, transaction =>
        {
            if (!from.Zip(to).All(move => Move(transaction, move.First, move.Second.Ordering)))
            {
                return false;
            }

            foreach (ProjectedEvent projected in events)
            {
                var writer = new TimelineWriter(transaction, projected);
                foreach (TimelineChange change in projected.Changes)
                {
                    writer.Write(change);
                }
            }

            transaction.Commit();
            return true;
        });

    /// <summary>Empties every table and the offsets.</summary>
    public void Clear() => _sql.InTransaction(writes: true, transaction =>
    {
        foreach (string table in TimelineSchema.Tables)
        {
            transaction.Connection!.Execute($"DELETE FROM {table}", transaction: transaction);
        }

        transaction.Commit();
        return true;
    });

    /// <inheritdoc/>
    public void Dispose() => _sql.Dispose();

    private static bool Move(DbTransaction transaction, PartitionPosition from, long to)
    {
        var move = new { from.Partition, From = from.Ordering, To = to };
        return transaction.Connection!.Execute(
                "UPDATE projection_offset SET ordering = @To WHERE partition = @Partition AND ordering = @From", move, transaction) == 1
            || (from.Ordering == 0
                && transaction.Connection!.Execute(
                    "INSERT INTO projection_offset VALUES(@Partition, @To) ON CONFLICT DO NOTHING", move, transaction) == 1);
    }
}
