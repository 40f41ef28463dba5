using System.Collections.Immutable;
using Eco.Runtime.Persistence.Statistics;

namespace Eco.Runtime.Simulation;

/// <summary>The statistics on a host's disk: an agent's bounded buffer, or what a server has taken in.</summary>
public sealed class SimulatedStatisticsStorage
{
    private readonly int _bufferRows;
    private readonly Queue<StatisticsRow> _buffer = new();
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
    public IReadOnlyCollection<StatisticsRow> Buffered => _buffer;

    /// <summary>Rows the full buffer has dropped.</summary>
    public long Dropped { get; private set; }

    /// <summary>The last number given to a row of its own.</summary>
    public long Recorded => _lastSequenceNr;

    /// <summary>Rows taken in from agents, in the order of their arrival.</summary>
    public IReadOnlyList<StatisticsRow> Ingested => _ingested;

    /// <summary>Rows that agents have said they dropped.</summary>
    public long DroppedByAgents => _positions.Values.Sum(position => position.Dropped);

    /// <summary>All rows, for what they take on the disk.</summary>
    internal int Rows => _buffer.Count + _ingested.Count;

    /// <summary>How far an agent's rows are taken in, and how many they are.</summary>
    public (long UpTo, long Rows) PositionOf(string agent, long incarnation) =>
        (_positions.GetValueOrDefault((agent, incarnation)).UpTo, _rowsOf.GetValueOrDefault((agent, incarnation)));

    internal StatisticsRecorded Record(RecordStatistics request)
    {
        foreach (NewStatistic row in request.Rows)
        {
            if (_buffer.Count == _bufferRows)
            {
                _buffer.Dequeue();
                Dropped++;
            }

            var numbered = new StatisticsRow(++_lastSequenceNr, row.Ion, row.Node, row.Agent, row.Name, row.Value, row.Timestamp);
            _buffer.Enqueue(numbered);
            KeepNewest(numbered);
        }

        return new StatisticsRecorded(request.CorrelationId, Dropped);
    }

    internal StatisticsPage ReadAfter(ReadStatisticsAfter request)
    {
        ImmutableArray<StatisticsRow> rows = [.. _buffer.SkipWhile(row => row.SequenceNr <= request.AfterSequenceNr).Take(request.Limit)];
        return new StatisticsPage(request.CorrelationId, rows, Dropped);
    }

    internal StatisticsAcknowledged AcknowledgeUpTo(AcknowledgeStatistics request)
    {
        if (request.UpTo > _lastSequenceNr)
        {
            Renumber(request.UpTo);
            return new StatisticsAcknowledged(request.CorrelationId);
        }

        while (_buffer.TryPeek(out StatisticsRow? row) && row.SequenceNr <= request.UpTo)
        {
            _buffer.Dequeue();
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
        StatisticsRow[] rows = [.. _buffer];
        _buffer.Clear();
        _lastSequenceNr = after;
        foreach (StatisticsRow row in rows)
        {
            _buffer.Enqueue(row with { SequenceNr = ++_lastSequenceNr });
        }
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
