using System.Collections.Immutable;
using System.Data;
using System.Globalization;
using Eco.Runtime.Persistence.Journals;
using Npgsql;

namespace Eco.Runtime.Persistence.Postgres;

/// <summary>
/// Reads a journal and holds every row that it returns to the hash chain of its entity and to the digests. Each request is answered from one
/// snapshot of the database. For one thread.
/// </summary>
internal sealed partial class PostgresReader(PostgresSession session)
{
    private const int PageSize = 1_000;

    private readonly RowHasher _hasher = new();

    private NpgsqlConnection Connection => session.Connection;

    /// <summary>The answers to a recovery in their order.</summary>
    public IEnumerable<object> Recover(RecoverRequest request)
    {
        string id = request.PersistenceId;
        using NpgsqlTransaction transaction = Begin();
        Verified? start = null;
        EntityRow entity = default;
        if (Damage(id, () => (start, entity) = VerifiedStart(request.CorrelationId, id)) is { } atStart)
        {
            yield return new RecoveryFailed(request.CorrelationId, atStart.ToString(), atStart);
            yield break;
        }

        yield return start!.Started;
        long after = start.Started.Snapshot?.SequenceNr ?? 0;
        Digest256 chain = start.Chain;
        bool isLast = false;
        while (!isLast)
        {
            ImmutableArray<JournalEvent> page = [];
            if (Damage(id, () => page = Page(entity, ref after, ref chain)) is { } damage)
            {
                yield return new RecoveryFailed(request.CorrelationId, damage.ToString(), damage);
                yield break;
            }

            isLast = after == entity.LastSequenceNr;
            yield return new RecoveredEvents(request.CorrelationId, page, isLast);
        }
    }

    /// <summary>The entities of a partition or of all that have events, a snapshot or outbox rows, in ordinal order.</summary>
    /// <exception cref="JournalDamageException">The rows are not those that were acknowledged.</exception>
    public EntitiesListed List(ListEntities request)
    {
        using NpgsqlTransaction transaction = Begin();
        var ids = new List<string>();
        foreach ((int partition, StateRow state) in States(request.Partition))
        {
            VerifyEntities(partition, state, row =>
            {
                if (row.LastSequenceNr > 0 || row.Snapshot != EntityRow.NoSnapshot || row.OutboxRows > 0)
                {
                    ids.Add(row.PersistenceId);
                }
            });
        }

        ids.Sort(StringComparer.Ordinal);
        return new EntitiesListed(request.CorrelationId, [.. ids]);
    }

    /// <summary>Who owns the partitions.</summary>
    public OwnershipsRead ReadOwnership(ReadOwnerships request) => new(
        request.CorrelationId,
        [.. Connection.Query(
            row => new Ownership(row.GetInt32(0), row.GetInt64(1), row.GetString(2)),
            "SELECT partition, owner_epoch, writer_id FROM ownership ORDER BY partition")]);

    /// <summary>Parked messages, ordered by receiver, sender and number.</summary>
    /// <exception cref="JournalDamageException">The rows are not those that were acknowledged.</exception>
    public ParkedRead ReadParked(ReadParkedMessages request)
    {
        using NpgsqlTransaction transaction = Begin();
        SqlValue receiver = request.Receiver;
        List<string> receivers = Connection.Query(
            row => row.GetString(0), "SELECT DISTINCT receiver FROM parked WHERE $1::TEXT IS NULL OR receiver = $1 ORDER BY receiver", receiver);
        receivers.Sort(StringComparer.Ordinal);
        long total = Connection.Query(
            row => (long)row.GetDecimal(0), "SELECT COALESCE(SUM(parked_rows), 0) FROM entity WHERE $1::TEXT IS NULL OR persistence_id = $1", receiver)[0];
        ImmutableArray<(string, ParkedMessage)>.Builder messages = ImmutableArray.CreateBuilder<(string, ParkedMessage)>();
        long found = 0;
        foreach (string id in receivers)
        {
            ImmutableArray<ParkedMessage> own = VerifiedStart(0, id).Start.Parked;
            found += own.Length;
            messages.AddRange(own.Take((int)Math.Max(0, request.Limit - messages.Count)).Select(message => (id, message)));
        }

        return found == total
            ? new ParkedRead(request.CorrelationId, messages.DrainToImmutable(), total)
            : throw new JournalDamageException(new FileCorrupt(
                session.Database, null, FormattableString.Invariant($"{total} messages were parked, {found} are there")));
    }

    private NpgsqlTransaction Begin() => Connection.BeginTransaction(IsolationLevel.RepeatableRead);

    private List<(int Partition, StateRow State)> States(int? partition)
    {
        List<(int Partition, StateRow State)> states = Connection.Query(
            row => (row.GetInt32(6), PostgresRows.ReadState(row)),
            $"SELECT {PostgresRows.State}, partition FROM partition_state WHERE $1::INTEGER IS NULL OR partition = $1 ORDER BY partition",
            partition);
        foreach ((int number, StateRow state) in states)
        {
            if (state.Digest != _hasher.State(state))
            {
                throw new JournalDamageException(new FileCorrupt(
                    session.Database, null, FormattableString.Invariant($"the row of partition {number} in the table partition_state was changed")));
            }
        }

        return states;
    }

    /// <summary>Reads the entity rows of a partition, which must come to its digest.</summary>
    private IReadOnlyList<EntityRow> VerifyEntities(int partition, StateRow state, Action<EntityRow> each)
    {
        Digest256 rest = state.Rows;
        Digest256 stored = Digest256.Zero;
        var damaged = new List<EntityRow>();
        foreach (EntityRow row in Connection.Query(
            PostgresRows.ReadEntity, $"SELECT {PostgresRows.Entity} FROM entity WHERE partition = $1 ORDER BY persistence_id", partition))
        {
            each(row);
            if (row.IsValid(_hasher))
            {
                rest -= row.Hash;
            }
            else
            {
                stored += row.Hash;
                damaged.Add(row);
            }
        }

        // What is left must be the damaged rows' own: with one of them it is, whatever became of its hash.
        return damaged.Count == 0 ? rest == Digest256.Zero ? damaged : throw Changed(partition)
            : damaged.Count == 1 || rest == stored ? damaged : throw Changed(partition);
    }

    private JournalDamageException Changed(int partition) => new(new FileCorrupt(
        session.Database, null, string.Create(CultureInfo.InvariantCulture, $"rows of partition {partition} in the table entity changed, vanished or came back")));
}
