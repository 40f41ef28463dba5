namespace Eco.Runtime.Actors;

/// <summary>Publishes by type within one system: dead letters, unhandled messages, background failures, and events of the domain.</summary>
public sealed class EventStream
{
    private readonly Lock _gate = new();
    private Subscription[] _subscriptions = [];

    internal EventStream()
    {
    }

    /// <summary>Sends everything of a type (a base type or interface too) to a subscriber, once each however many of its types fit.</summary>
    /// <returns>False if it was subscribed to that very type already.</returns>
    public bool Subscribe(IActorRef subscriber, Type channel)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        ArgumentNullException.ThrowIfNull(channel);
        lock (_gate)
        {
            int index = Array.FindIndex(_subscriptions, s => s.Subscriber.Equals(subscriber));
            if (index < 0)
            {
                _subscriptions = [.. _subscriptions, new Subscription(subscriber, [channel])];
                return true;
            }

            Subscription known = _subscriptions[index];
            if (known.Channels.Contains(channel))
            {
                return false;
            }

            var copy = (Subscription[])_subscriptions.Clone();
            copy[index] = known with { Channels = [.. known.Channels, channel] };
            _subscriptions = copy;
            return true;
        }
    }

    /// <summary>Ends one subscription.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Unsubscribe(IActorRef subscriber, Type channel)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        lock (_gate)
        {
            int index = Array.FindIndex(_subscriptions, s => s.Subscriber.Equals(subscriber));
            if (index < 0 || !_subscriptions[index].Channels.Contains(channel))
            {
                return false;
            }

            Type[] left = Array.FindAll(_subscriptions[index].Channels, c => c != channel);
            var copy = (Subscription[])_subscriptions.Clone();
            copy[index] = copy[index] with { Channels = left };
            _subscriptions = Array.FindAll(copy, s => s.Channels.Length > 0);
            return true;
        }
    }

    /// <summary>Ends all subscriptions of a subscriber; happens by itself when it stops.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Unsubscribe(IActorRef subscriber)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        if (Volatile.Read(ref _subscriptions).Length == 0)
        {
            return false;
        }

        lock (_gate)
        {
            Subscription[] left = Array.FindAll(_subscriptions, s => !s.Subscriber.Equals(subscriber));
            bool found = left.Length < _subscriptions.Length;
            _subscriptions = left;
            return found;
        }
    }

    /// <summary>Sends an event to all whose type fits.</summary>
    public void Publish(object @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        foreach (Subscription subscription in Volatile.Read(ref _subscriptions))
        {
            foreach (Type channel in subscription.Channels)
            {
                if (channel.IsInstanceOfType(@event))
                {
                    subscription.Subscriber.Tell(@event, ActorRefs.NoSender);
                    break;
                }
            }
        }
    }

    internal void Clear()
    {
        lock (_gate)
        {
            _subscriptions = [];
        }
    }

    private sealed record Subscription(IActorRef Subscriber, Type[] Channels);
}
