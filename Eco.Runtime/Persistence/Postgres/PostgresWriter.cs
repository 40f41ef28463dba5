using Eco.Runtime.Persistence.Journals;
using Npgsql;

namespace Eco.Runtime.Persistence.Postgres;

/// <summary>
/// The transactions of a host's journal, used by the writer's thread alone. One has three round trips: the fence with what is not yet known of
/// the entities, all rows, and the commit. A request is checked whole before anything of it is collected, so that one that is refused takes
/// nothing of the others down.
/// </summary>
/// <remarks>
/// What is remembered of entities and partitions between transactions holds as long as the ownership row, read FOR SHARE in each of them, is
/// the one under which it was read: nobody else can have written meanwhile.
/// </remarks>
internal sealed partial class PostgresWriter(PostgresSession session) : IJournalWriter
{
    /// <summary>Rows that are remembered at most; beyond it all are forgotten and read again when needed.</summary>
    private const int MaxRemembered = 200_000;

    private readonly RowHasher _hasher = new();
    private readonly AppendRules _rules = new();
    private readonly Dictionary<string, PostgresEntity> _entities = new(StringComparer.Ordinal);
    private readonly Dictionary<int, Ownership> _owners = [];
    private readonly Dictionary<int, (Ownership Under, StateRow State)> _states = [];
    private readonly Queue<long> _orderings = new();
    private NpgsqlTransaction? _transaction;
    private long _commitNumber;

    /// <summary>The row of <c>journal_session</c> that tells whether a commit of this journal has happened; 0 before the first connection.</summary>
    public long SessionId { get; private set; }

    private NpgsqlConnection Connection => session.Connection;

    /// <summary>Makes the session's row. Old ones are of hosts that are long gone.</summary>
    public void Register(string host)
    {
        using NpgsqlTransaction transaction = Connection.BeginTransaction();
        Connection.Execute("DELETE FROM journal_session WHERE last_seen < now() - interval '30 days'");
        using (NpgsqlCommand insert = Connection.Command(
            "INSERT INTO journal_session(host, commit_number, last_seen) VALUES ($1, 0, now()) RETURNING id", host))
        {
            SessionId = (long)insert.ExecuteScalar()!;
        }

        transaction.Commit();
    }

    /// <summary>Begins a transaction, reads its partitions' owners FOR SHARE, and then what is not known yet of its entities.</summary>
    public void Begin(IReadOnlyList<JournalWork> works)
    {
        ForgetPending();
        _owners.Clear();
        _transaction = Connection.BeginTransaction();
        int[] partitions = [.. works.Select(work => work.Target?.Ownership.Partition).OfType<int>().Distinct().Order()];
        if (partitions.Length == 0)
        {
            return;
        }

        using (var batch = new NpgsqlBatch(Connection))
        {
            batch.Add("SELECT partition, owner_epoch, writer_id FROM ownership WHERE partition = ANY($1) ORDER BY partition FOR SHARE", partitions);
            batch.Add("SELECT nextval('journal_ordering') FROM generate_series(1, $1)", works.Sum(work => work.Events));
            using NpgsqlDataReader reader = batch.ExecuteReader();
            foreach (Ownership owner in reader.Rows(row => new Ownership(row.GetInt32(0), row.GetInt64(1), row.GetString(2))))
            {
                _owners[owner.Partition] = owner;
            }

            reader.NextRows(row => row.GetInt64(0)).ForEach(_orderings.Enqueue);
        }

        Load(works);
    }

    /// <summary>Writes what was collected, and commits it.</summary>
    /// <exception cref="CommitUnknownException">It is not known whether it is committed.</exception>
    public void Commit()
    {
        Write(isLast: true);
        session.Commit(_transaction!);
        _transaction = null;
        foreach ((int partition, StateRow state) in _newStates)
        {
            _states[partition] = (_owners[partition], state);
        }

        ForgetPending();
    }

    /// <summary>
    /// Whether the last commit, of which no answer came, has happened. The server answers only when the backend that had it is done, and on this
    /// answer itself the standby has all up to here.
    /// </summary>
    public bool HasCommitted()
    {
        using NpgsqlTransaction transaction = Connection.BeginTransaction();
        List<long> number = Connection.Query(
            row => row.GetInt64(0), "UPDATE journal_session SET last_seen = now() WHERE id = $1 RETURNING commit_number", SessionId);
        session.Commit(transaction);
        return number.Count == 1 && number[0] >= _commitNumber;
    }

    /// <summary>Takes the transaction back, with all that was remembered.</summary>
    public void Rollback()
    {
        _entities.Clear();
        _states.Clear();
        ForgetPending();
        NpgsqlTransaction? transaction = _transaction;
        _transaction = null;
        try
        {
            transaction?.Dispose();
        }
        catch (Exception e) when (PostgresErrors.IsAway(e) || e is InvalidOperationException)
        {
            // The server rolls back what lost its connection.
            session.Drop();
        }
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private string? FenceError(Ownership claimed)
    {
        if (!_owners.TryGetValue(claimed.Partition, out Ownership? owner))
        {
            return Text($"partition {claimed.Partition} was never claimed");
        }

        return owner == claimed
            ? null
            : Text($"partition {claimed.Partition} is owned by {owner.WriterId} in epoch {owner.OwnerEpoch}, not by {claimed.WriterId} in epoch {claimed.OwnerEpoch}");
    }

    // What is remembered is old where a partition was claimed since, by another host or by this one.
    private void Load(IReadOnlyList<JournalWork> works)
    {
        if (_entities.Count > 0 && _entities.Values.Sum(entity => (long)entity.Weight) > MaxRemembered)
        {
            _entities.Clear();
        }

        int[] states = [.. _owners.Values.Where(owner => !_states.TryGetValue(owner.Partition, out (Ownership Under, StateRow) known) || known.Under != owner)
            .Select(owner => owner.Partition).Order()];
        string[] ids = [.. works.Where(work => work.Target is { } target && FenceError(target.Ownership) is null)
            .Select(work => work.Target!.Value.PersistenceId)
            .Where(id => !_entities.TryGetValue(id, out PostgresEntity? known) || known.Under != _owners.GetValueOrDefault(known.Partition))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (ids.Length == 0 && states.Length == 0)
        {
            return;
        }

        (Dictionary<string, PostgresEntity> entities, Dictionary<int, StateRow> read) = PostgresEntity.Load(Connection, ids, states, _hasher);
        foreach (string id in ids)
        {
            PostgresEntity entity = entities[id];
            entity.Under = _owners.GetValueOrDefault(entity.Partition);
            _entities[id] = entity;
        }

        foreach (int partition in states)
        {
            _states[partition] = (_owners[partition], read.GetValueOrDefault(partition, StateRow.Empty(_hasher)));
        }
    }

    private void ForgetPending()
    {
        _orderings.Clear();
        ClearRows();
        _changed.Clear();
        _newStates.Clear();
    }
}
