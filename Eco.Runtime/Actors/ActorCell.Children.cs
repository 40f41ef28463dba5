namespace Eco.Runtime.Actors;

/// <content>Children: creating, finding and stopping them.</content>
internal sealed partial class ActorCell
{
    private ChildrenContainer? _children;

    private ChildrenContainer ChildrenOrNew => _children ?? Interlocked.CompareExchange(ref _children, new ChildrenContainer(), null) ?? _children;

    public IActorRef ActorOf(Props props, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(props);
        if (name is not null)
        {
            ActorNames.Check(name);
        }

        return MakeChild(props, name);
    }

    public ActorSelection ActorSelection(string path) => new(System, this, path);

    public IActorRef Child(string name) => _children?.Find(name) ?? ActorRefs.Nobody;

    public IReadOnlyList<IActorRef> GetChildren() => _children?.Cells() ?? [];

    public IReadOnlyList<ActorCell> ChildCells() => _children?.Cells() ?? [];

    public void Stop(IActorRef actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (actor is not ActorCell cell)
        {
            throw new ArgumentException($"{actor.Path} is not an actor and cannot be stopped", nameof(actor));
        }

        // Marking it first makes a restart or stop of its parent wait for its end.
        (cell._parent as ActorCell)?._children?.MarkStopping(cell);

        cell.SendSystem(new Terminate());
    }

    /// <summary>What PreRestart does by default.</summary>
    public void UnwatchAndStopChildren()
    {
        foreach (ActorCell child in ChildCells())
        {
            Unwatch(child);
            Stop(child);
        }
    }

    private ActorCell MakeChild(Props props, string? name)
    {
        System.RequireAccepting(this);
        props = props.ForCell();
        ActorCell child = ChildrenOrNew.Add(name, (childName, uid) => new ActorCell(System, this, props, childName, uid), System);
        for (int i = 0; i < _suspendCount; i++)
        {
            child.SendSystem(new Suspend());
        }

        child.SendSystem(new Create());
        return child;
    }

    private void SuspendChildren(ActorCell? except)
    {
        foreach (ActorCell child in ChildCells())
        {
            if (!ReferenceEquals(child, except))
            {
                child.SendSystem(new Suspend());
            }
        }
    }

    private void ResumeChildren(Exception? cause, ActorCell? perpetrator)
    {
        foreach (ActorCell child in ChildCells())
        {
            child.SendSystem(new Resume(ReferenceEquals(child, perpetrator) ? cause : null));
        }
    }
}
