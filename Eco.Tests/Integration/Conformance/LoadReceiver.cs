using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;

namespace Eco.Tests.Integration.Conformance;

/// <summary>Receives at one host, acknowledges, and subscribes again when it has to, as a partition does.</summary>
internal sealed class LoadReceiver(ITransport transport, string host, string address, SubscriptionMode mode) : IActorRef
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, int> _received = [];
    private int _tags;
    private bool _isOver = true;

    public ActorPath Path { get; } = new($"eco://test/user/{host}", 1);

    /// <summary>How often each frame came.</summary>
    public SortedDictionary<long, int> Received
    {
        get
        {
            lock (_gate)
            {
                return new SortedDictionary<long, int>(_received);
            }
        }
    }

    public int Tags => _tags;

    /// <summary>Subscribes if it does not yet, or not any more.</summary>
    public void Subscribe()
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                return;
            }

            _isOver = false;
            _tags++;
        }

        transport.Subscribe(new TransportSubscription(address, $"{host}-{address}-{_tags}", mode, 16), this);
    }

    public void Tell(object message, IActorRef? sender)
    {
        lock (_gate)
        {
            if (message is not TransportDelivery delivery)
            {
                _isOver = true;
                return;
            }

            long number = BitConverter.ToInt64(delivery.Frame);
            _received[number] = _received.GetValueOrDefault(number) + 1;
            transport.Acknowledge(address, delivery.ConsumerTag, delivery.DeliveryTag);
        }
    }

    public bool Equals(IActorRef? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    public int CompareTo(IActorRef? other) => string.CompareOrdinal(Path.Address, other?.Path.Address);
}
