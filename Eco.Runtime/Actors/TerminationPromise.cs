namespace Eco.Runtime.Actors;

/// <summary>A watcher that is no actor: completes a task when an actor stops.</summary>
internal sealed class TerminationPromise : TaskCompletionSource, IInternalActorRef
{
    private readonly IActorRef _target;

    private TerminationPromise(IInternalActorRef target)
        : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        _target = target;
        System = target.System;
        long uid = System.NextUid();
        Path = new ActorPath($"eco://{System.Name}/temp/{ActorNames.Generated(uid)}", uid);
    }

    public ActorSystem System { get; }

    public ActorPath Path { get; }

    /// <summary>Watches an actor, then sends it what is to stop it.</summary>
    public static Task Of(IActorRef actor, object? stopMessage)
    {
        if (actor is not IInternalActorRef target)
        {
            throw new ArgumentException($"{actor.Path} is not an actor of this runtime and cannot be watched", nameof(actor));
        }

        var promise = new TerminationPromise(target);
        target.SendSystem(new Watch(promise));
        if (stopMessage is not null)
        {
            actor.Tell(stopMessage, ActorRefs.NoSender);
        }

        return promise.Task;
    }

    public void Tell(object message, IActorRef? sender) => System.DeadLetters.Tell(new DeadLetter(message, sender, this), sender);

    public void SendSystem(SystemMessage message)
    {
        if (message is DeathWatchNotification notification && ReferenceEquals(notification.Actor, _target))
        {
            TrySetResult();
        }
    }

    public int CompareTo(IActorRef? other) => ActorRefComparer.Compare(this, other);

    public bool Equals(IActorRef? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => Path.Uid.GetHashCode();

    public override string ToString() => Path.Address;
}
