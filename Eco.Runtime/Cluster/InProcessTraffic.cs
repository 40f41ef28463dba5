using System.Collections.Immutable;

namespace Eco.Runtime.Cluster;

/// <summary>Counts what is sent, per sender, receiver and lane. Safe for use by many threads.</summary>
internal sealed class InProcessTraffic
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string From, string To, TransportLane Lane), (long Frames, long Bytes)> _rows = [];
    private long _blocked;
    private long _unroutable;

    public void Sent(TransportSend send)
    {
        lock (_gate)
        {
            var key = (send.From, send.To, send.Lane);
            (long frames, long bytes) = _rows.GetValueOrDefault(key);
            _rows[key] = (frames + 1, bytes + send.Frame.Length);
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
