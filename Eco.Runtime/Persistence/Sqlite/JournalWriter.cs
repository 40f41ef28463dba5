using System.Globalization;
using Eco.Runtime.Persistence.Journals;
using Microsoft.Data.Sqlite;

namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>
/// The statements of the write connection, used by the writer's thread alone. A request is checked whole before anything of it is written, so
/// that one that is refused takes nothing of the others down. What entities and owners stand at is remembered between transactions; that
/// nobody else has written meanwhile is checked at the begin of each.
/// </summary>
internal sealed partial class JournalWriter : IJournalWriter, IDisposable
{
    /// <summary>Rows that are remembered at most; beyond it all are forgotten and read again when needed.</summary>
    private const int MaxRemembered = 200_000;

    private readonly SqliteConnection _connection;
    private readonly string _file;
    private readonly RowHasher _hasher = new();
    private readonly Dictionary<string, JournalEntity> _entities = new(StringComparer.Ordinal);
    private readonly List<JournalEntity> _changed = [];
    private readonly SortedDictionary<int, (long Epoch, string Writer)> _owners = [];
    private readonly JournalHead _head;
    private readonly List<NativeStatement> _all = [];
    private StateRow _state;
    private Digest256 _rows;
    private long _lastOrdering;
    private long _compactedOrdering;
    private long _dataVersion;
    private int _remembered;
    private int? _partitionCount;

    /// <summary>Takes the journal over: checks that it is what was acknowledged, and opens its head file.</summary>
    /// <exception cref="JournalOpenException">It is not.</exception>
    public JournalWriter(SqliteConnection connection, string path)
    {
        _connection = connection;
        _file = System.IO.Path.GetFileName(path);
        try
        {
            PrepareAll();
            StateRow state = JournalRowReader.State(connection, _hasher, _file);
            JournalHeadCheck.Run(JournalHead.Read(path), state, _file);
            JournalStateCheck.Run(connection, state, _hasher, _file);
            Load(state);
        }
        catch (JournalDamageException e)
        {
            Dispose();
            throw new JournalOpenException(path, e.Damage, e);
        }
        catch (SqliteException e) when (SqliteErrors.IsDamaged(e) || SqliteErrors.IsAlienSchema(e))
        {
            FileCorrupt damage = SqliteErrors.Damage(connection, _file, e);
            Dispose();
            throw new JournalOpenException(path, damage, e);
        }

        _head = JournalHead.Open(path, _state.Commit, _state.LastOrdering, HighestEpoch, _state.Digest);
    }

    /// <summary>The number of partitions that the file was made for; null before the first claim.</summary>
    public int? StoredPartitionCount => _partitionCount;

    private long HighestEpoch => _owners.Count == 0 ? 0 : _owners.Values.Max(owner => owner.Epoch);

    public static string DifferentPartitionCount(int stored, int wanted) =>
        Text($"it was made for {stored} partitions and {wanted} are configured");

    public void Begin()
    {
        _begin.Run();
        long version = DataVersion();
        if (version != _dataVersion)
        {
            throw new IOException("another program has written into the journal; what it did cannot be vouched for");
        }

        if (_remembered > MaxRemembered)
        {
            _entities.Clear();
            _remembered = 0;
        }
    }

    /// <summary>Writes what the transaction comes to, and commits it.</summary>
    public void Commit()
    {
        foreach (JournalEntity entity in _changed)
        {
            WriteEntity(entity);
        }

        _changed.Clear();
        var next = new StateRow(_state.Commit + 1, _lastOrdering, _compactedOrdering, _rows, Digest256.Zero, _state.Digest);
        next = next with { Digest = _hasher.State(next) };
        _updateState.Bind(1, next.Commit).Bind(2, next.LastOrdering).Bind(3, next.CompactedOrdering)
            .Bind(4, next.Rows).Bind(5, next.Digest).Bind(6, next.Previous).Run();
        _commit.Run();
        _state = next;
    }

    /// <summary>Notes the commit in the head file; it may be acknowledged then.</summary>
    public void WriteHead() => _head.Write(_state.Commit, _state.LastOrdering, HighestEpoch, _state.Digest);

    /// <summary>Takes the transaction back, with all that was remembered of it.</summary>
    public void Rollback()
    {
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0)
        {
            _rollback.Run();
        }

        Load(_state);
    }

    public void Dispose()
    {
        _all.ForEach(statement => statement.Dispose());
        _head?.Dispose();
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private void Load(StateRow state)
    {
        _state = state;
        (_rows, _lastOrdering, _compactedOrdering) = (state.Rows, state.LastOrdering, state.CompactedOrdering);
        _entities.Clear();
        _changed.Clear();
        _remembered = 0;
        _owners.Clear();
        using (var owners = new NativeStatement(_connection, "SELECT partition, owner_epoch, writer_id FROM ownership"))
        {
            while (owners.Step())
            {
                _owners[(int)owners.Int64(0)] = (owners.Int64(1), owners.Text(2));
            }
        }

        using var count = new NativeStatement(_connection, "SELECT value FROM metadata WHERE key = 'partition_count'");
        _partitionCount = count.Step() ? int.Parse(count.Text(0), CultureInfo.InvariantCulture) : null;
        count.Reset();
        _dataVersion = DataVersion();
    }

    private long DataVersion()
    {
        _selectDataVersion.Step();
        long version = _selectDataVersion.Int64(0);
        _selectDataVersion.Reset();
        return version;
    }

    private string? FenceError(Ownership claimed)
    {
        if (!_owners.TryGetValue(claimed.Partition, out (long Epoch, string Writer) owner))
        {
            return Text($"partition {claimed.Partition} was never claimed");
        }

        return owner.Epoch == claimed.OwnerEpoch && owner.Writer == claimed.WriterId
            ? null
            : Text($"partition {claimed.Partition} is owned by {owner.Writer} in epoch {owner.Epoch}, not by {claimed.WriterId} in epoch {claimed.OwnerEpoch}");
    }

    /// <summary>What is remembered of an entity, or read now.</summary>
    /// <exception cref="JournalDamageException">Its rows are not what was committed.</exception>
    private JournalEntity Entity(string persistenceId)
    {
        if (_entities.TryGetValue(persistenceId, out JournalEntity? entity))
        {
            return entity;
        }

        if (_selectEntity.Bind(1, persistenceId).Step())
        {
            EntityRow row = JournalRowReader.Entity(_selectEntity);
            _selectEntity.Reset();
            entity = row.IsValid(_hasher)
                ? new JournalEntity(row, row.Hash)
                : throw new JournalDamageException(new EntityCorrupt(persistenceId, row.LastSequenceNr, "its row of the table entity was changed"));
            LoadRows(entity);
        }
        else
        {
            entity = new JournalEntity(EntityRow.New(persistenceId), null);
            RequireNone(persistenceId);
        }

        _entities[persistenceId] = entity;
        _remembered += entity.Weight;
        return entity;
    }

    private void LoadRows(JournalEntity entity)
    {
        string id = entity.Row.PersistenceId;
        _selectPositions.Bind(1, id);
        while (_selectPositions.Step())
        {
            entity.Positions[_selectPositions.Text(0)] = (_selectPositions.Int64(1), _selectPositions.Int64(2));
        }

        _selectInbox.Bind(1, id);
        while (_selectInbox.Step())
        {
            entity.Inbox[_selectInbox.Text(0)] = (_selectInbox.Int64(1), _selectInbox.Int64(2));
        }

        _selectAttempts.Bind(1, id);
        while (_selectAttempts.Step())
        {
            string sender = _selectAttempts.Text(0);
            entity.Attempts[sender] = new InboxAttempt(sender, _selectAttempts.Int64(1), (int)_selectAttempts.Int64(2), _selectAttempts.Text(3));
        }
    }

    private void RequireNone(string persistenceId)
    {
        bool any = _selectAny.Bind(1, persistenceId).Step();
        _selectAny.Reset();
        if (any)
        {
            throw new JournalDamageException(new EntityCorrupt(persistenceId, 0, "it has rows, but none in the table entity"));
        }
    }

    private void MarkChanged(JournalEntity entity)
    {
        if (!entity.IsChanged)
        {
            entity.IsChanged = true;
            _changed.Add(entity);
        }
    }

    private void WriteEntity(JournalEntity entity)
    {
        EntityRow row = entity.Row with { Hash = _hasher.Entity(entity.Row) };
        _upsertEntity.Bind(1, row.PersistenceId).Bind(2, row.LastSequenceNr).Bind(3, row.LastHash).Bind(4, row.CompactedSequenceNr)
            .Bind(5, row.CompactedHash).Bind(6, row.Snapshot).Bind(7, row.OutboxRows).Bind(8, row.ParkedRows).Bind(9, row.Rows)
            .Bind(10, row.Hash).Run();
        _rows = _rows - (entity.Stored ?? Digest256.Zero) + row.Hash;
        entity.Row = row;
        entity.Stored = row.Hash;
        entity.IsChanged = false;
    }
}
