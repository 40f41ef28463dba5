namespace Eco.Runtime.Actors;

/// <summary>A message of the system lane; linked into its mailbox's list, so each instance is sent once.</summary>
internal abstract class SystemMessage
{
    public SystemMessage? Next { get; set; }

    /// <summary>Whether it waits while the actor waits for children to stop.</summary>
    public virtual bool WaitsForChildren => false;
}

internal sealed class Create : SystemMessage;

internal sealed class Suspend : SystemMessage
{
    public override bool WaitsForChildren => true;
}

internal sealed class Resume(Exception? cause) : SystemMessage
{
    public Exception? Cause => cause;

    public override bool WaitsForChildren => true;
}

internal sealed class Recreate(Exception cause) : SystemMessage
{
    public Exception Cause => cause;

    public override bool WaitsForChildren => true;
}

internal sealed class Terminate : SystemMessage;

internal sealed class Failed(ActorCell child, Exception cause) : SystemMessage
{
    public ActorCell Child => child;

    public Exception Cause => cause;

    public override bool WaitsForChildren => true;
}

/// <summary>The back-off of a restart is over.</summary>
internal sealed class RestartDue(IReadOnlyList<ActorCell> children, Exception cause) : SystemMessage
{
    public IReadOnlyList<ActorCell> Children => children;

    public Exception Cause => cause;
}

internal sealed class Watch(IInternalActorRef watcher) : SystemMessage
{
    public IInternalActorRef Watcher => watcher;
}

internal sealed class Unwatch(IInternalActorRef watcher) : SystemMessage
{
    public IInternalActorRef Watcher => watcher;
}

internal sealed class DeathWatchNotification(IInternalActorRef actor, bool existenceConfirmed) : SystemMessage
{
    public IInternalActorRef Actor => actor;

    public bool ExistenceConfirmed => existenceConfirmed;
}

/// <summary>A continuation of an asynchronous handler.</summary>
internal sealed class AsyncContinuation(ActorSynchronizationContext context, SendOrPostCallback callback, object? state) : SystemMessage
{
    public ActorSynchronizationContext Context => context;

    public SendOrPostCallback Callback => callback;

    public object? State => state;
}

/// <summary>The answer of a port to one incarnation of an actor.</summary>
internal sealed class PortReply(ActorBase incarnation, object reply, IActorRef? sender) : SystemMessage
{
    public ActorBase Incarnation => incarnation;

    public object Reply => reply;

    public IActorRef? Sender => sender;
}
