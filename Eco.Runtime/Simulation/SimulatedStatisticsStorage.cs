using System.Collections.Immutable;
using Eco.Runtime.Persistence.Statistics;

namespace Eco.Runtime.Simulation;

/// <summary>The statistics on a host's disk: an agent's bounded buffer, or what a server has taken in.</summary>
public sealed class SimulatedStatisticsStorage
{
    /// <summary>What a row takes on the disk.</summary>
    internal const int RowBytes = 128;

    private const int Priorities = 3;
    private readonly int _bufferRows;
    private readonly Queue<StatisticsRow>[] _buffer = [new(), new(), new()];
    private readonly long[] _dropped = new long[Priorities];
    private readonly long[] _recorded = new long[Priorities];
    private readonly long[] _freed = new long[Priorities];
    private readonly Dictionary<(string Agent, long Incarnation), (long UpTo, long Dropped)> _positions = [];
    private readonly Dictionary<(string Agent, long Incarnation), long> _rowsOf = [];
    private readonly SortedDictionary<(string Ion, string Node, string Name, string Agent), StatisticsRow> _latest;
    private readonly List<StatisticsRow> _ingested = [];
    private long _lastSequenceNr;

    internal SimulatedStatisticsStorage(int bufferRows)
    {
        _bufferRows = bufferRows;
        _latest = new SortedDictionary<(string, string, string, string), StatisticsRow>(KeyOrder.Instance);
    }

    /// <summary>Rows that wait in the buffer, oldest first.</summary>
    public IReadOnlyList<StatisticsRow> Buffered => [.. _buffer.SelectMany(rows => rows).OrderBy(row => row.SequenceNr)];

    /// <summary>Rows the full buffer has dropped.</summary>
    public long Dropped => DroppedRows.Total;

    /// <summary>The same for each priority.</summary>
    public DroppedStatistics DroppedRows => new(_dropped[0], _dropped[1], _dropped[2]);

    /// <summary>The last number given to a row of its own.</summary>
    public long Recorded => _lastSequenceNr;

    /// <summary>Rows taken in from agents, in the order of their arrival.</summary>
    public IReadOnlyList<StatisticsRow> Ingested => _ingested;

    /// <summary>Rows that agents have said they dropped.</summary>
    public long DroppedByAgents => _positions.Values.Sum(position => position.Dropped);

    /// <summary>All rows, for what they take on the disk.</summary>
    internal int Rows => BufferedCount + _ingested.Count;

    private int BufferedCount => _buffer[0].Count + _buffer[1].Count + _buffer[2].Count;

    /// <summary>A priority's account: what was recorded is buffered, freed (the server has it) or dropped.</summary>
    public (long Recorded, long Buffered, long Freed, long Dropped) AccountOf(StatisticPriority priority) =>
        (_recorded[(int)priority], _buffer[(int)priority].Count, _freed[(int)priority], _dropped[(int)priority]);

    /// <summary>Buffered rows beyond a number.</summary>
    public long BufferedAfter(long sequenceNr)
    {
        long count = 0;
        foreach (Queue<StatisticsRow> rows in _buffer)
        {
            // Nearly always all of them or none.
            count += rows.Count == 0 || rows.Peek().SequenceNr > sequenceNr ? rows.Count : rows.Count(row => row.SequenceNr > sequenceNr);
        }

        return count;
    }

    /// <summary>How far an agent's rows are taken in, and how many they are.</summary>
    public (long UpTo, long Rows) PositionOf(string agent, long incarnation) =>
        (_positions.GetValueOrDefault((agent, incarnation)).UpTo, _rowsOf.GetValueOrDefault((agent, incarnation)));

    internal StatisticsRecorded Record(RecordStatistics request)
    {
        foreach (NewStatistic row in request.Rows)
        {
            var numbered = new StatisticsRow(++_lastSequenceNr, row.Ion, row.Node, row.Agent, row.Name, row.Value, row.Timestamp);
            _buffer[(int)row.Priority].Enqueue(numbered);
            _recorded[(int)row.Priority]++;
            KeepNewest(numbered);
            if (BufferedCount > _bufferRows)
            {
                int lowest = Array.FindIndex(_buffer, rows => rows.Count > 0);
                _buffer[lowest].Dequeue();
                _dropped[lowest]++;
            }
        }

        return new StatisticsRecorded(request.CorrelationId, Dropped);
    }

    internal StatisticsPage ReadAfter(ReadStatisticsAfter request)
    {
        ImmutableArray<StatisticsRow> rows =
            [.. Buffered.SkipWhile(row => row.SequenceNr <= request.AfterSequenceNr).Take(request.Limit)];
        var usage = new StatisticsUsage(BufferedCount, BufferedCount * (long)RowBytes, _bufferRows * (long)RowBytes, DroppedRows);
        return new StatisticsPage(request.CorrelationId, rows, usage);
    }

    internal StatisticsAcknowledged AcknowledgeUpTo(AcknowledgeStatistics request)
    {
        if (request.UpTo > _lastSequenceNr)
        {
            Renumber(request.UpTo);
            return new StatisticsAcknowledged(request.CorrelationId);
        }

        for (int priority = 0; priority < Priorities; priority++)
        {
            while (_buffer[priority].TryPeek(out StatisticsRow? row) && row.SequenceNr <= request.UpTo)
            {
                _buffer[priority].Dequeue();
                _freed[priority]++;
            }
        }

        return new StatisticsAcknowledged(request.CorrelationId);
    }

    internal StatisticsIngested Ingest(IngestStatistics request)
    {
        (long upTo, long dropped) = _positions.GetValueOrDefault((request.Agent, request.Incarnation));
        long rows = _rowsOf.GetValueOrDefault((request.Agent, request.Incarnation));
        foreach (StatisticsRow row in request.Rows)
        {
            if (row.SequenceNr > upTo)
            {
                upTo = row.SequenceNr;
                rows++;
                _ingested.Add(row);
                KeepNewest(row);
            }
        }

        _rowsOf[(request.Agent, request.Incarnation)] = rows;
        _positions[(request.Agent, request.Incarnation)] = (upTo, Math.Max(dropped, request.Dropped));
        return new StatisticsIngested(request.CorrelationId, request.Agent, upTo);
    }

    internal StatisticsLatest Latest(QueryLatestStatistics request) => new(
        request.CorrelationId,
        [.. _latest.Where(pair => pair.Key.Ion == request.Ion && pair.Key.Node == request.Node && pair.Key.Name == request.Name).Select(pair => pair.Value)]);

    /// <summary>
    /// The server knows numbers that this disk never gave out (it took the place of a lost one), and has ignored what came with them: the
    /// buffered rows get numbers that it has not seen.
    /// </summary>
    private void Renumber(long after)
    {
        long first = _buffer.Min(rows => rows.TryPeek(out StatisticsRow? row) ? row.SequenceNr : _lastSequenceNr + 1);
        long shift = after + 1 - first;
        for (int priority = 0; priority < Priorities; priority++)
        {
            _buffer[priority] = new Queue<StatisticsRow>(_buffer[priority].Select(row => row with { SequenceNr = row.SequenceNr + shift }));
        }

        _lastSequenceNr += shift;
    }

    private void KeepNewest(StatisticsRow row)
    {
        var key = (row.Ion, row.Node, row.Name, row.Agent);
        if (!_latest.TryGetValue(key, out StatisticsRow? newest) || row.Timestamp >= newest.Timestamp)
        {
            _latest[key] = row;
        }
    }

    private sealed class KeyOrder : IComparer<(string Ion, string Node, string Name, string Agent)>
    {
        public static readonly KeyOrder Instance = new();

        public int Compare((string Ion, string Node, string Name, string Agent) x, (string Ion, string Node, string Name, string Agent) y)
        {
            int order = string.CompareOrdinal(x.Ion, y.Ion);
            order = order != 0 ? order : string.CompareOrdinal(x.Node, y.Node);
            order = order != 0 ? order : string.CompareOrdinal(x.Name, y.Name);
            return order != 0 ? order : string.CompareOrdinal(x.Agent, y.Agent);
        }
    }
}
