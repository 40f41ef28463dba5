namespace Eco.Runtime.Actors;

/// <summary>One actor: its reference, its context, its mailbox and the slice of work that a dispatcher runs. It outlives the instances of its class.</summary>
internal sealed partial class ActorCell : IInternalActorRef, IActorContext, IThreadPoolWorkItem
{
    [ThreadStatic]
    private static ActorCell? t_current;

    private readonly IInternalActorRef _parent;
    private Mailbox _mailbox;
    private ActorBase? _actor;

    /// <summary>Null for the first one, that of the actor's class.</summary>
    private Receive? _behavior;
    private Stack<Receive?>? _stacked;
    private object? _message;
    private IActorRef? _sender;
    private long _handled;
    private long _answers;

    public ActorCell(ActorSystem system, IInternalActorRef parent, Props props, string name, long uid)
    {
        System = system;
        Props = props;
        _parent = parent;
        Path = new ActorPath(parent.Path, name, uid);
        _mailbox = new Mailbox(system.Settings.MailboxCapacityPerLane, system.SegmentPool);
    }

    /// <summary>The actor whose slice runs on this thread.</summary>
    public static ActorCell? Current => t_current;

    public ActorSystem System { get; }

    public Props Props { get; }

    public ActorPath Path { get; }

    public IActorRef Self => this;

    public IActorRef Parent => _parent;

    public IActorRef Sender => _sender ?? System.DeadLetters;

    public IActorRef? SenderOrNull => _sender;

    /// <summary>True from the call of the Props to the first constructor of an actor, which takes this cell.</summary>
    public bool IsCreatingInstance { get; private set; }

    /// <summary>The message that is being handled; what a stash keeps.</summary>
    public object? CurrentMessage => _message;

    /// <summary>Set under the lock of the parent's children: the parent waits for this actor's end.</summary>
    public bool IsStoppingForParent { get; set; }

    /// <summary>What the supervisor remembers of this actor's failures; only its parent touches it.</summary>
    public ChildStatistics? Statistics { get; set; }

    /// <summary>Counts handled messages; tells one delivery of a message from another.</summary>
    public long Handled => Volatile.Read(ref _handled);

    /// <summary>The same, and the answers of ports that it has waited for; for a reader that runs the actor itself.</summary>
    public long HandledWithAnswers => _handled + _answers;

    private SupervisorStrategy Strategy =>
        Props.SupervisorStrategy ?? _actor?.StrategyOfChildren() ?? SupervisorStrategy.DefaultStrategy;

    public void InstanceBegun() => IsCreatingInstance = false;

    public void Tell(object message, IActorRef? sender)
    {
        if (message is null)
        {
            throw new InvalidMessageException($"null was sent to {Path}; a message is an object");
        }

        PostResult result = message is ITelemetryMessage
            ? _mailbox.PostTelemetry(message, sender)
            : _mailbox.Post(message, sender, force: false);
        if (result != PostResult.Posted)
        {
            AfterPost(result, message, sender);
        }
    }

    /// <summary>Puts a message of the runtime's own into the control lane, which may not refuse it: it is one per cause.</summary>
    public void TellOwn(object message, IActorRef? sender)
    {
        PostResult result = _mailbox.Post(message, sender, force: true);
        if (result != PostResult.Posted)
        {
            AfterPost(result, message, sender);
        }
    }

    public void SendSystem(SystemMessage message)
    {
        PostResult result = _mailbox.PostSystem(message);
        if (result == PostResult.Wake)
        {
            Schedule();
        }
        else if (result == PostResult.Closed)
        {
            AnswerForTheDead(message);
        }
    }

    public void Become(Receive behavior)
    {
        ArgumentNullException.ThrowIfNull(behavior);
        _behavior = behavior;
    }

    public void BecomeStacked(Receive behavior)
    {
        ArgumentNullException.ThrowIfNull(behavior);
        _stacked ??= new Stack<Receive?>();
        _stacked.Push(_behavior);
        _behavior = behavior;
    }

    public void UnbecomeStacked() => _behavior = _stacked is { Count: > 0 } stacked ? stacked.Pop() : null;

    public void PublishUnhandled(object message) =>
        System.PublishUnhandled(new UnhandledMessage(message, _sender, this));

    public int CompareTo(IActorRef? other) => ActorRefComparer.Compare(this, other);

    public bool Equals(IActorRef? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => Path.Uid.GetHashCode();

    public override string ToString() => Path.Address;

    private void AfterPost(PostResult result, object message, IActorRef? sender)
    {
        switch (result)
        {
            case PostResult.Wake:
                Schedule();
                break;
            case PostResult.FullWake:
                Schedule();
                goto case PostResult.Full;
            case PostResult.Full:
                Lane lane = message is ITelemetryMessage ? Lane.Telemetry : Lane.Control;
                System.OnMailboxFull(new MailboxFull(message, sender, this, lane));
                break;
            default:
                ToDeadLetters(message, sender);
                break;
        }
    }

    private void Schedule()
    {
        if (!System.IsAborted)
        {
            System.Dispatcher.Execute(this);
        }
    }

    private void ToDeadLetters(object message, IActorRef? sender)
    {
        // These are about the actor itself and mean nothing without it.
        if (message is not (Terminated or TimerFired or ReceiveTimeoutDue))
        {
            System.DeadLetters.Tell(new DeadLetter(message, sender, this), sender);
        }
    }
}
