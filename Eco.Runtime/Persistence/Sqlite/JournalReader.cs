using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>Reads a journal, beside the host that writes it or without one. For one thread at a time.</summary>
public sealed class JournalReader : IDisposable
{
    private const int PageSize = 1_000;
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _end;
    private readonly SqliteStatement _snapshot;
    private readonly SqliteStatement _outbox;
    private readonly SqliteStatement _positions;
    private readonly SqliteStatement _inbox;
    private readonly SqliteStatement _events;
    private readonly SqliteStatement _allEvents;
    private readonly SqliteStatement _lastOrdering;
    private readonly SqliteStatement _attempts;
    private readonly SqliteStatement _owners;
    private readonly SqliteStatement _parked;
    private readonly SqliteStatement _parkedCount;
    private readonly SqliteStatement _partitionCount;
    private readonly SqliteStatement _entities;
    private readonly List<SqliteStatement> _all = [];

    private JournalReader(SqliteConnection connection)
    {
        SqliteStatement Prepare(string sql)
        {
            var statement = new SqliteStatement(connection, sql);
            _all.Add(statement);
            return statement;
        }

        _connection = connection;
        _begin = Prepare("BEGIN");
        _end = Prepare("ROLLBACK");
        _snapshot = Prepare("SELECT sequence_number, manifest, snapshot, hlc FROM snapshot WHERE persistence_id = $1 ORDER BY sequence_number DESC LIMIT 1");
        _outbox = Prepare("SELECT receiver, sequence_number, manifest, message, hlc FROM outbox WHERE sender = $1 ORDER BY receiver, sequence_number");
        _positions = Prepare("SELECT receiver, last_seq, acked_seq FROM outbox_position WHERE sender = $1 ORDER BY receiver");
        _inbox = Prepare("SELECT sender, last_seq, owner_epoch FROM inbox WHERE receiver = $1 ORDER BY sender");
        _events = Prepare("SELECT sequence_number, manifest, message, hlc FROM journal WHERE persistence_id = $1 AND sequence_number > $2 ORDER BY sequence_number LIMIT $3");
        _allEvents = Prepare("SELECT sequence_number, manifest, message, hlc, ordering, persistence_id FROM journal WHERE ordering > $1 ORDER BY ordering LIMIT $2");
        _lastOrdering = Prepare("SELECT MAX(ordering) FROM journal");
        _attempts = Prepare("SELECT sender, sequence_number, attempts, reason FROM inbox_attempt WHERE receiver = $1 ORDER BY sender");
        _owners = Prepare("SELECT partition, owner_epoch, writer_id FROM ownership ORDER BY partition");
        _parked = Prepare("SELECT receiver, sender, sequence_number, manifest, message, hlc, attempts, reason, detail FROM parked WHERE $1 IS NULL OR receiver = $1 ORDER BY receiver, sender, sequence_number LIMIT $2");
        _parkedCount = Prepare("SELECT COUNT(*) FROM parked WHERE $1 IS NULL OR receiver = $1");
        _partitionCount = Prepare("SELECT value FROM metadata WHERE key = 'partition_count'");
        _entities = Prepare("SELECT persistence_id FROM journal UNION SELECT persistence_id FROM snapshot UNION SELECT sender FROM outbox");
    }

    /// <summary>Opens a journal for reading.</summary>
    /// <exception cref="JournalOpenException">The file is absent, damaged, of a newer version or no journal.</exception>
    public static JournalReader Open(string path)
    {
        SqliteConnection connection = SqliteFile.OpenReadOnly(path, JournalSchema.Spec);
        try
        {
            return new JournalReader(connection);
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw JournalSchema.Spec.Explain(path, e);
        }
    }

    /// <summary>The answers to a recovery in their order, all of one state of the journal.</summary>
    /// <remarks>The connection is in a transaction until the enumeration ends.</remarks>
    public IEnumerable<object> Recover(RecoverRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Answers(request);
    }

    /// <summary>Events of all entities in commit order.</summary>
    public EventsRead Read(ReadEvents request)
    {
        ArgumentNullException.ThrowIfNull(request);
        _begin.Run();
        try
        {
            long last = (long?)_lastOrdering.Scalar() ?? 0;
            ImmutableArray<OrderedEvent> events = Rows(
                _allEvents,
                row => new OrderedEvent(row.GetInt64(4), row.GetString(5), ReadEvent(row)),
                request.AfterOrdering,
                request.Limit);
            return new EventsRead(request.CorrelationId, events, last);
        }
        finally
        {
            _end.Run();
        }
    }

    /// <summary>The entities of a partition or of all that have events, a snapshot or outbox rows, in ordinal order.</summary>
    public EntitiesListed List(ListEntities request)
    {
        ArgumentNullException.ThrowIfNull(request);
        IEnumerable<string> all = Rows(_entities, row => row.GetString(0));
        if (request.Partition is { } partition)
        {
            // Without a claim nothing was ever written, so there is no entity either.
            int count = _partitionCount.Scalar() is string stored ? int.Parse(stored, CultureInfo.InvariantCulture) : 1;
            all = all.Where(id => Partitioning.PartitionOf(id, count) == partition);
        }

        // Sorted here: SQLite compares UTF-8, which orders characters beyond the basic plane otherwise than ordinal comparison does.
        return new EntitiesListed(request.CorrelationId, [.. all.Order(StringComparer.Ordinal)]);
    }

    /// <summary>Who owns the partitions.</summary>
    public OwnershipsRead ReadOwnership(ReadOwnerships request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new OwnershipsRead(
            request.CorrelationId, Rows(_owners, row => new Ownership((int)row.GetInt64(0), row.GetInt64(1), row.GetString(2))));
    }

    /// <summary>Parked messages, ordered by receiver, sender and number.</summary>
    public ParkedRead ReadParked(ReadParkedMessages request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ImmutableArray<(string, ParkedMessage)> messages = Rows(
            _parked,
            row => (row.GetString(0), new ParkedMessage(
                row.GetString(1),
                row.GetInt64(2),
                row.GetString(3),
                row.GetFieldValue<byte[]>(4),
                HybridTimestamp.Parse(row.GetString(5)),
                (int)row.GetInt64(6),
                row.GetString(7),
                row.GetString(8))),
            request.Receiver,
            request.Limit);
        return new ParkedRead(request.CorrelationId, messages, (long)_parkedCount.Scalar(request.Receiver)!);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _all.ForEach(statement => statement.Dispose());
        _connection.Dispose();
    }

    private static JournalEvent ReadEvent(SqliteDataReader row) =>
        new(row.GetInt64(0), row.GetString(1), row.GetFieldValue<byte[]>(2), HybridTimestamp.Parse(row.GetString(3)));

    private static ImmutableArray<T> Rows<T>(SqliteStatement statement, Func<SqliteDataReader, T> map, params ReadOnlySpan<object?> values)
    {
        ImmutableArray<T>.Builder result = ImmutableArray.CreateBuilder<T>();
        using SqliteDataReader row = statement.Query(values);
        while (row.Read())
        {
            result.Add(map(row));
        }

        return result.DrainToImmutable();
    }

    private IEnumerable<object> Answers(RecoverRequest request)
    {
        _begin.Run();
        try
        {
            RecoveryStarted started = ReadStart(request);
            yield return started;
            long after = started.Snapshot?.SequenceNr ?? 0;
            while (true)
            {
                ImmutableArray<JournalEvent> page = Rows(_events, ReadEvent, request.PersistenceId, after, PageSize + 1);
                for (int i = 0; i < page.Length; i++)
                {
                    if (page[i].SequenceNr != after + i + 1)
                    {
                        yield return new RecoveryFailed(
                            request.CorrelationId,
                            FormattableString.Invariant($"{request.PersistenceId}: event {after + i + 1} is missing, the next one is {page[i].SequenceNr}; the journal is damaged"));
                        yield break;
                    }
                }

                // One row more than a page tells whether this is the last, also when the count is a multiple of the page.
                bool isLast = page.Length <= PageSize;
                page = isLast ? page : page[..PageSize];
                after += page.Length;
                yield return new RecoveredEvents(request.CorrelationId, page, isLast);
                if (isLast)
                {
                    yield break;
                }
            }
        }
        finally
        {
            _end.Run();
        }
    }

    private RecoveryStarted ReadStart(RecoverRequest request)
    {
        string id = request.PersistenceId;
        ImmutableArray<StoredSnapshot> snapshot = Rows(
            _snapshot,
            row => new StoredSnapshot(row.GetInt64(0), row.GetString(1), row.GetFieldValue<byte[]>(2), HybridTimestamp.Parse(row.GetString(3))),
            id);
        return new RecoveryStarted(
            request.CorrelationId,
            snapshot.IsEmpty ? null : snapshot[0],
            Rows(_outbox, row => new OutboxRow(row.GetString(0), row.GetInt64(1), row.GetString(2), row.GetFieldValue<byte[]>(3), HybridTimestamp.Parse(row.GetString(4))), id),
            Rows(_positions, row => new OutboxPosition(row.GetString(0), row.GetInt64(1), row.GetInt64(2)), id),
            Rows(_inbox, row => new InboxRow(row.GetString(0), row.GetInt64(1), row.GetInt64(2)), id),
            Rows(_attempts, row => new InboxAttempt(row.GetString(0), row.GetInt64(1), (int)row.GetInt64(2), row.GetString(3)), id));
    }
}
