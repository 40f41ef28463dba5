namespace Eco.Runtime.Actors;

/// <summary>The root of all actors: life-cycle hooks and the way in for messages. Derive from <see cref="ReceiveActor"/> or <see cref="UntypedActor"/>.</summary>
public abstract class ActorBase
{
    /// <summary>Ties the instance to the actor that is being created.</summary>
    /// <exception cref="ActorInitializationException">Called by <c>new</c> outside <see cref="Props"/>.</exception>
    protected ActorBase()
    {
        ActorCell? cell = ActorCell.Current;
        if (cell is null || !cell.IsCreatingInstance)
        {
            throw new ActorInitializationException(
                null, $"{GetType()} was made with 'new'; make actors with ActorOf(Props.Create(...)) on a system or a context");
        }

        Cell = cell;
        cell.InstanceBegun();
    }

    /// <summary>The actor's context; for use from its own message handlers.</summary>
    protected IActorContext Context => Cell;

    /// <summary>The actor's own reference.</summary>
    protected IActorRef Self => Cell;

    /// <summary>Who sent the message that is being handled; the dead letters if nobody is to be answered.</summary>
    protected IActorRef Sender => Cell.Sender;

    internal ActorCell Cell { get; }

    /// <summary>The first behaviour.</summary>
    /// <returns>False for a message that is not handled.</returns>
    protected internal abstract bool Receive(object message);

    /// <summary>Hands a message to a behaviour (null: that of the class); what it returns false for goes to <see cref="Unhandled"/>.</summary>
    internal virtual void AroundReceive(Receive? receive, object message)
    {
        if (!(receive is null ? Receive(message) : receive(message)))
        {
            Unhandled(message);
        }
    }

    /// <summary>Called for what no behaviour handles: fails for <see cref="Terminated"/>, otherwise publishes <see cref="UnhandledMessage"/>.</summary>
    protected virtual void Unhandled(object message)
    {
        if (message is Terminated terminated)
        {
            throw new DeathPactException(terminated.ActorRef);
        }

        Cell.PublishUnhandled(message);
    }

    /// <summary>Called before the first message, and by default after a restart.</summary>
    protected virtual void PreStart()
    {
    }

    /// <summary>Called after the last message, and by default before a restart. All children have stopped.</summary>
    protected virtual void PostStop()
    {
    }

    /// <summary>Called on the failed instance before a restart. By default stops all children and calls <see cref="PostStop"/>.</summary>
    /// <param name="reason">Why it failed.</param>
    /// <param name="message">The message that was being handled, if any.</param>
    protected virtual void PreRestart(Exception reason, object? message)
    {
        Cell.UnwatchAndStopChildren();
        PostStop();
    }

    /// <summary>Called on the new instance after a restart. By default calls <see cref="PreStart"/>.</summary>
    /// <param name="reason">Why the old instance failed.</param>
    protected virtual void PostRestart(Exception reason) => PreStart();

    /// <summary>How failures of the children are answered.</summary>
    protected virtual SupervisorStrategy SupervisorStrategy() => Actors.SupervisorStrategy.DefaultStrategy;

    /// <summary>Replaces the current behaviour.</summary>
    protected void Become(Receive receive) => Cell.Become(receive);

    /// <summary>Puts a behaviour on top of the current one.</summary>
    protected void BecomeStacked(Receive receive) => Cell.BecomeStacked(receive);

    /// <summary>Goes back to the behaviour below.</summary>
    protected void UnbecomeStacked() => Cell.UnbecomeStacked();

    internal SupervisorStrategy StrategyOfChildren() => SupervisorStrategy();

    internal virtual void AroundPreStart() => PreStart();

    internal virtual void AroundPostStop() => PostStop();

    internal virtual void AroundPreRestart(Exception reason, object? message) => PreRestart(reason, message);

    internal virtual void AroundPostRestart(Exception reason) => PostRestart(reason);

    /// <summary>Handles the answer of a port that came by the system lane.</summary>
    internal virtual void OnPortReply(object reply) =>
        throw new IllegalActorStateException($"{GetType()} asked no port for an answer by the system lane and got {reply.GetType()}");
}
