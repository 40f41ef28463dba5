namespace Eco.Runtime.Actors;

/// <summary>The children of one actor. Locked, because top-level actors are created from any thread.</summary>
internal sealed class ChildrenContainer
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ActorCell> _entries = [];
    private long _generated;
    private int _stopping;
    private bool _closed;

    /// <summary>How many children have been told to stop and have not stopped yet.</summary>
    public int Stopping
    {
        get
        {
            lock (_gate)
            {
                return _stopping;
            }
        }
    }

    public ActorCell Add(string? name, Func<string, long, ActorCell> make, ActorSystem system)
    {
        lock (_gate)
        {
            if (_closed)
            {
                throw new IllegalActorStateException($"cannot create '{name ?? "an actor"}': its parent is stopping or has stopped");
            }

            name ??= ActorNames.Generated(_generated++);
            if (_entries.ContainsKey(name))
            {
                throw new InvalidActorNameException($"the name '{name}' is not unique among its siblings");
            }

            ActorCell child = make(name, system.NextUid());
            _entries.Add(name, child);
            return child;
        }
    }

    public ActorCell? Find(string name)
    {
        lock (_gate)
        {
            return _entries.GetValueOrDefault(name);
        }
    }

    /// <summary>Whether it is that very incarnation.</summary>
    public bool Contains(ActorCell child)
    {
        lock (_gate)
        {
            return IsMine(child);
        }
    }

    public ActorCell[] Cells()
    {
        lock (_gate)
        {
            return [.. _entries.Values];
        }
    }

    public void MarkStopping(ActorCell child)
    {
        lock (_gate)
        {
            if (!child.IsStoppingForParent && IsMine(child))
            {
                child.IsStoppingForParent = true;
                _stopping++;
            }
        }
    }

    /// <summary>Takes a stopped child out.</summary>
    /// <returns>Whether it was one.</returns>
    public bool Remove(ActorCell child)
    {
        lock (_gate)
        {
            if (!IsMine(child))
            {
                return false;
            }

            _entries.Remove(child.Path.Name);
            if (child.IsStoppingForParent)
            {
                _stopping--;
            }

            return true;
        }
    }

    /// <summary>No more children.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
        }
    }

    private bool IsMine(ActorCell child) =>
        _entries.TryGetValue(child.Path.Name, out ActorCell? found) && ReferenceEquals(found, child);
}
