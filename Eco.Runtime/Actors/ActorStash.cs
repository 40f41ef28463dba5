namespace Eco.Runtime.Actors;

/// <summary>What an actor has put aside, and what it has put back in front of its mailbox.</summary>
internal sealed class ActorStash(ActorCell cell, int capacity) : IStash
{
    private readonly LinkedList<Envelope> _returned = new();
    private readonly Queue<Envelope> _aside = new();
    private long _lastStashed = -1;

    public int Count => _aside.Count;

    public int Capacity => capacity;

    public bool HasReturned => _returned.Count > 0;

    public void Stash()
    {
        object message = cell.CurrentMessage
            ?? throw new IllegalActorStateException($"{cell.Path} handles no message that it could stash");
        if (_lastStashed == cell.Handled)
        {
            throw new IllegalActorStateException($"{cell.Path} cannot stash the same {message.GetType().Name} twice");
        }

        if (_aside.Count >= capacity)
        {
            throw new StashOverflowException($"the stash of {cell.Path} is full with {capacity} messages; cannot take a {message.GetType().Name}");
        }

        _aside.Enqueue(new Envelope(message, cell.SenderOrNull));
        _lastStashed = cell.Handled;
    }

    public void Unstash()
    {
        if (_aside.TryDequeue(out Envelope envelope))
        {
            Returning(envelope);
            _returned.AddFirst(envelope);
        }
    }

    public void UnstashAll() => UnstashAll(static _ => true);

    public void UnstashAll(Func<object, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        LinkedListNode<Envelope>? last = null;
        while (_aside.TryDequeue(out Envelope envelope))
        {
            if (predicate(envelope.Message!))
            {
                Returning(envelope);
                last = last is null ? _returned.AddFirst(envelope) : _returned.AddAfter(last, envelope);
            }
        }
    }

    public void ClearStash() => _aside.Clear();

    public Envelope TakeReturned()
    {
        Envelope envelope = _returned.First!.Value;
        _returned.RemoveFirst();
        return envelope;
    }

    /// <summary>A notification is delivered only while it is expected, and the first delivery has ended that.</summary>
    private void Returning(Envelope envelope)
    {
        if (envelope.Message is Terminated terminated)
        {
            cell.ExpectTerminated(terminated.ActorRef);
        }
    }
}
