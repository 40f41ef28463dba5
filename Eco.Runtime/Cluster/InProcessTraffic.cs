using System.Collections.Immutable;

namespace Eco.Runtime.Cluster;

/// <summary>Counts what is sent, per sender, receiver and lane. Safe for use by many threads.</summary>
internal sealed class InProcessTraffic
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string From, string To, TransportLane Lane), TrafficRow> _rows = [];
    private long _blocked;
    private long _unroutable;

    public void Sent(TransportSend send) => RowOf(send.From, send.To, send.Lane).Add(send.Frame.Length);

    /// <summary>The row of a sender, a receiver and a lane, for those who send there often.</summary>
    public TrafficRow RowOf(string from, string to, TransportLane lane)
    {
        lock (_gate)
        {
            var key = (from, to, lane);
            if (!_rows.TryGetValue(key, out TrafficRow? row))
            {
                _rows.Add(key, row = new TrafficRow(from));
            }

            return row;
        }
    }

    public void Answered(TransportResult result)
    {
        lock (_gate)
        {
            _blocked += result == TransportResult.Blocked ? 1 : 0;
            _unroutable += result == TransportResult.Unroutable ? 1 : 0;
        }
    }

    public TransportCounters Snapshot(long telemetryDropped)
    {
        lock (_gate)
        {
            ImmutableArray<TransportTraffic> rows =
            [
                .. _rows
                    .Select(row => new TransportTraffic(row.Key.From, row.Key.To, row.Key.Lane, row.Value.Frames, row.Value.Bytes))
                    .OrderBy(row => row.From, StringComparer.Ordinal)
                    .ThenBy(row => row.To, StringComparer.Ordinal)
                    .ThenBy(row => row.Lane),
            ];
            return new TransportCounters(rows, _blocked, _unroutable, telemetryDropped);
        }
    }
}

/// <summary>What one sender has sent to one receiver on a lane. Safe for use by many threads.</summary>
internal sealed class TrafficRow(string from)
{
    private long _frames;
    private long _bytes;

    public string From { get; } = from;

    public long Frames => Interlocked.Read(ref _frames);

    public long Bytes => Interlocked.Read(ref _bytes);

    public void Add(int bytes)
    {
        Interlocked.Increment(ref _frames);
        Interlocked.Add(ref _bytes, bytes);
    }
}
