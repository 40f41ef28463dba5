using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;

namespace Eco.Tests.Integration.Conformance;

/// <summary>Sends numbered frames, a bounded number at a time, and each again until it is confirmed, as an outbox does.</summary>
internal sealed class LoadSender(ITransport transport, string to, int window) : IActorRef
{
    private readonly Lock _gate = new();
    private readonly SortedSet<long> _confirmed = [];
    private readonly SortedSet<long> _underWay = [];
    private readonly Queue<long> _again = new();
    private readonly SortedDictionary<TransportResult, int> _results = [];
    private long _last;

    public ActorPath Path { get; } = new("eco://test/user/load", 1);

    public int Confirmed
    {
        get
        {
            lock (_gate)
            {
                return _confirmed.Count;
            }
        }
    }

    /// <summary>How many there are so far.</summary>
    public int Sent
    {
        get
        {
            lock (_gate)
            {
                return (int)_last;
            }
        }
    }

    public string Results
    {
        get
        {
            lock (_gate)
            {
                return string.Join(", ", _results.Select(row => $"{row.Key} {row.Value}"));
            }
        }
    }

    public long CountOf(TransportResult result)
    {
        lock (_gate)
        {
            return _results.GetValueOrDefault(result);
        }
    }

    /// <summary>Sends what may be sent now; up to <paramref name="limit"/> frames in all.</summary>
    public void Push(int limit)
    {
        while (Next(limit) is { } number)
        {
            transport.Send(new TransportSend(number, "a", to, TransportLane.Control, BitConverter.GetBytes(number)), this);
        }
    }

    public void Tell(object message, IActorRef? sender)
    {
        var outcome = (TransportOutcome)message;
        lock (_gate)
        {
            _underWay.Remove(outcome.CorrelationId);
            _results[outcome.Result] = _results.GetValueOrDefault(outcome.Result) + 1;
            if (outcome.Result == TransportResult.Confirmed)
            {
                _confirmed.Add(outcome.CorrelationId);
            }
            else
            {
                _again.Enqueue(outcome.CorrelationId);
            }
        }
    }

    public bool Equals(IActorRef? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    public int CompareTo(IActorRef? other) => string.CompareOrdinal(Path.Address, other?.Path.Address);

    private long? Next(int limit)
    {
        lock (_gate)
        {
            if (_underWay.Count >= window || (_again.Count == 0 && _last >= limit))
            {
                return null;
            }

            long number = _again.TryDequeue(out long again) ? again : ++_last;
            _underWay.Add(number);
            return number;
        }
    }
}
