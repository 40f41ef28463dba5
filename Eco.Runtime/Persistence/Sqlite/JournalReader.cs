using System.Collections.Immutable;
using Eco.Runtime.Persistence.Journals;
using Microsoft.Data.Sqlite;

namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>
/// Reads a journal, beside the host that writes it or without one, and holds every row that it returns to the hash chain of its entity and to
/// the digests. For one thread at a time.
/// </summary>
public sealed partial class JournalReader : IDisposable
{
    /// <summary>Whether any row of the entity $1 is in a table.</summary>
    internal const string AnyRow = """
        SELECT 1 FROM journal WHERE persistence_id = $1 UNION ALL SELECT 1 FROM snapshot WHERE persistence_id = $1
        UNION ALL SELECT 1 FROM outbox WHERE sender = $1 UNION ALL SELECT 1 FROM outbox_position WHERE sender = $1
        UNION ALL SELECT 1 FROM inbox WHERE receiver = $1 UNION ALL SELECT 1 FROM inbox_attempt WHERE receiver = $1
        UNION ALL SELECT 1 FROM parked WHERE receiver = $1 LIMIT 1
        """;

    internal const string ParkedColumns = "receiver, sender, sequence_number, manifest, message, hlc, attempts, reason, detail";

    private const int PageSize = 1_000;
    private readonly SqliteConnection _connection;
    private readonly string _file;
    private readonly RowHasher _hasher = new();
    private readonly NativeStatement _begin;
    private readonly NativeStatement _end;
    private readonly NativeStatement _entity;
    private readonly NativeStatement _any;
    private readonly NativeStatement _snapshot;
    private readonly NativeStatement _outbox;
    private readonly NativeStatement _positions;
    private readonly NativeStatement _inbox;
    private readonly NativeStatement _attempts;
    private readonly NativeStatement _parkedOf;
    private readonly NativeStatement _events;
    private readonly NativeStatement _allEvents;
    private readonly NativeStatement _eventHash;
    private readonly NativeStatement _owners;
    private readonly NativeStatement _parked;
    private readonly NativeStatement _parkedCount;
    private readonly NativeStatement _partitionCount;
    private readonly List<NativeStatement> _all = [];

    private JournalReader(SqliteConnection connection, string file)
    {
        NativeStatement Prepare(string sql)
        {
            var statement = new NativeStatement(connection, sql);
            _all.Add(statement);
            return statement;
        }

        const string EventColumns = "sequence_number, manifest, message, hlc, ordering, persistence_id, writer_uuid, owner_epoch, hash";
        _connection = connection;
        _file = file;
        _begin = Prepare("BEGIN");
        _end = Prepare("ROLLBACK");
        _entity = Prepare($"SELECT {EntityRow.Columns} FROM entity WHERE persistence_id = $1");
        _any = Prepare(AnyRow);
        _snapshot = Prepare("SELECT sequence_number, manifest, snapshot, hlc, chain_hash FROM snapshot WHERE persistence_id = $1");
        _outbox = Prepare("SELECT receiver, sequence_number, manifest, message, hlc FROM outbox WHERE sender = $1 ORDER BY receiver, sequence_number");
        _positions = Prepare("SELECT receiver, last_seq, acked_seq FROM outbox_position WHERE sender = $1 ORDER BY receiver");
        _inbox = Prepare("SELECT sender, last_seq, owner_epoch FROM inbox WHERE receiver = $1 ORDER BY sender");
        _attempts = Prepare("SELECT sender, sequence_number, attempts, reason FROM inbox_attempt WHERE receiver = $1 ORDER BY sender");
        _parkedOf = Prepare($"SELECT {ParkedColumns} FROM parked WHERE receiver = $1 ORDER BY sender, sequence_number");
        _events = Prepare($"SELECT {EventColumns} FROM journal WHERE persistence_id = $1 AND sequence_number > $2 ORDER BY sequence_number LIMIT $3");
        _allEvents = Prepare($"SELECT {EventColumns} FROM journal WHERE ordering > $1 ORDER BY ordering");
        _eventHash = Prepare("SELECT hash FROM journal WHERE persistence_id = $1 AND sequence_number = $2");
        _owners = Prepare("SELECT partition, owner_epoch, writer_id FROM ownership ORDER BY partition");
        _parked = Prepare("SELECT DISTINCT receiver FROM parked WHERE $1 IS NULL OR receiver = $1 ORDER BY receiver");
        _parkedCount = Prepare("SELECT COALESCE(SUM(parked_rows), 0) FROM entity WHERE $1 IS NULL OR persistence_id = $1");
        _partitionCount = Prepare("SELECT value FROM metadata WHERE key = 'partition_count'");
    }

    /// <summary>Opens a journal for reading.</summary>
    /// <exception cref="JournalOpenException">The file is absent, damaged, of another version or no journal.</exception>
    public static JournalReader Open(string path)
    {
        SqliteConnection connection = SqliteFile.OpenReadOnly(path, JournalSchema.Spec);
        try
        {
            return new JournalReader(connection, System.IO.Path.GetFileName(path));
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

    /// <summary>The entities of a partition or of all that have events, a snapshot or outbox rows, in ordinal order.</summary>
    /// <exception cref="JournalDamageException">The rows are not those that were acknowledged.</exception>
    public EntitiesListed List(ListEntities request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Consistently(() =>
        {
            int count = PartitionCount();
            var ids = new List<string>();
            StateRow state = JournalRowReader.State(_connection, _hasher, _file);
            JournalStateCheck.Run(_connection, state, _hasher, _file, row =>
            {
                bool isListed = row.LastSequenceNr > 0 || row.Snapshot != EntityRow.NoSnapshot || row.OutboxRows > 0;
                if (isListed && (request.Partition is not { } partition || Partitioning.PartitionOf(row.PersistenceId, count) == partition))
                {
                    ids.Add(row.PersistenceId);
                }
            });

            // Sorted here: SQLite compares UTF-8, which orders characters beyond the basic plane otherwise than ordinal comparison does.
            ids.Sort(StringComparer.Ordinal);
            return new EntitiesListed(request.CorrelationId, [.. ids]);
        });
    }

    /// <summary>Who owns the partitions.</summary>
    /// <exception cref="JournalDamageException">The file is damaged.</exception>
    public OwnershipsRead ReadOwnership(ReadOwnerships request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Consistently(() =>
        {
            ImmutableArray<Ownership>.Builder owners = ImmutableArray.CreateBuilder<Ownership>();
            while (_owners.Step())
            {
                owners.Add(new Ownership((int)_owners.Int64(0), _owners.Int64(1), _owners.Text(2)));
            }

            return new OwnershipsRead(request.CorrelationId, owners.DrainToImmutable());
        });
    }

    /// <summary>Parked messages, ordered by receiver, sender and number.</summary>
    /// <exception cref="JournalDamageException">The rows are not those that were acknowledged.</exception>
    public ParkedRead ReadParked(ReadParkedMessages request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Consistently(() =>
        {
            var receivers = new List<string>();
            _parked.Bind(1, request.Receiver);
            while (_parked.Step())
            {
                receivers.Add(_parked.Text(0));
            }

            _parkedCount.Bind(1, request.Receiver).Step();
            long total = _parkedCount.Int64(0);
            _parkedCount.Reset();
            ImmutableArray<(string, ParkedMessage)>.Builder messages = ImmutableArray.CreateBuilder<(string, ParkedMessage)>();
            long found = 0;
            foreach (string receiver in receivers)
            {
                ImmutableArray<ParkedMessage> own = VerifiedStart(0, receiver, out _).Parked;
                found += own.Length;
                messages.AddRange(own.Take((int)Math.Max(0, request.Limit - messages.Count)).Select(message => (receiver, message)));
            }

            return found == total
                ? new ParkedRead(request.CorrelationId, messages.DrainToImmutable(), total)
                : throw new JournalDamageException(new FileCorrupt(
                    _file, null, FormattableString.Invariant($"{total} messages were parked, {found} are there")));
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _all.ForEach(statement => statement.Dispose());
        _connection.Dispose();
    }

    internal static ParkedMessage ReadParked(NativeStatement row) => new(
        row.Text(1),
        row.Int64(2),
        row.Text(3),
        row.Blob(4).ToArray(),
        HybridTimestamp.Parse(row.Text(5)),
        (int)row.Int64(6),
        row.Text(7),
        row.Text(8));

    /// <summary>Runs a read in a transaction of its own.</summary>
    private T Consistently<T>(Func<T> read)
    {
        _begin.Run();
        try
        {
            return read();
        }
        catch (FormatException e)
        {
            throw new JournalDamageException(new FileCorrupt(_file, null, $"a row is unreadable: {e.Message}"));
        }
        catch (SqliteException e) when (SqliteErrors.IsDamaged(e))
        {
            throw new JournalDamageException(SqliteErrors.Damage(_connection, _file, e));
        }
        finally
        {
            _all.ForEach(statement => statement.Reset());
            _end.Run();
        }
    }
}
