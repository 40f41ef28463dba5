namespace Eco.Runtime.Actors;

/// <content>Death watch.</content>
internal sealed partial class ActorCell
{
    /// <summary>Whom this actor watches, and the message to get (null: <see cref="Terminated"/>).</summary>
    private Dictionary<IActorRef, object?>? _watching;

    /// <summary>Stopped actors whose notification waits in the mailbox, and the message to give for it.</summary>
    private Dictionary<IActorRef, object?>? _notified;

    private List<IInternalActorRef>? _watchedBy;

    public IActorRef Watch(IActorRef subject)
    {
        WatchWithMessage(subject, null);
        return subject;
    }

    public IActorRef WatchWith(IActorRef subject, object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        WatchWithMessage(subject, message);
        return subject;
    }

    public IActorRef Unwatch(IActorRef subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        if (_watching is not null && _watching.Remove(subject))
        {
            ((IInternalActorRef)subject).SendSystem(new Unwatch(this));
        }

        _notified?.Remove(subject);
        return subject;
    }

    /// <summary>Lets a notification that was stashed through once more.</summary>
    public void ExpectTerminated(IActorRef subject)
    {
        _notified ??= [];
        _notified[subject] = null;
    }

    private void WatchWithMessage(IActorRef subject, object? message)
    {
        ArgumentNullException.ThrowIfNull(subject);
        if (ReferenceEquals(subject, this))
        {
            return;
        }

        if (subject is not IInternalActorRef watched)
        {
            throw new ArgumentException($"{subject.Path} is not an actor of this runtime and cannot be watched", nameof(subject));
        }

        _watching ??= [];
        if (_watching.TryGetValue(subject, out object? registered))
        {
            if (!Equals(registered, message))
            {
                throw new IllegalActorStateException(
                    $"{Path} watches {subject.Path} with another message already; unwatch it first");
            }

            return;
        }

        _watching.Add(subject, message);
        watched.SendSystem(new Watch(this));
    }

    private void AddWatcher(IInternalActorRef watcher)
    {
        _watchedBy ??= [];
        if (!_watchedBy.Contains(watcher))
        {
            _watchedBy.Add(watcher);
        }
    }

    private void WatchedActorStopped(DeathWatchNotification notification)
    {
        IActorRef actor = notification.Actor;
        if (_watching is not null && _watching.Remove(actor, out object? message) && !_isTerminating)
        {
            _notified ??= [];
            _notified[actor] = message;
            TellOwn(new Terminated(actor, notification.ExistenceConfirmed), actor);
        }

        if (actor is ActorCell child)
        {
            ChildStopped(child);
        }
    }

    private void ReceiveTerminated(Terminated terminated)
    {
        if (_notified is null || !_notified.Remove(terminated.ActorRef, out object? message))
        {
            // Unwatched in the meantime, or forged.
            return;
        }

        _message = message ?? terminated;
        _actor!.AroundReceive(_behavior, _message);
    }

    private void UnwatchAll()
    {
        if (_watching is not null)
        {
            foreach (IActorRef subject in _watching.Keys)
            {
                ((IInternalActorRef)subject).SendSystem(new Unwatch(this));
            }

            _watching = null;
        }

        _notified = null;
    }

    private void NotifyWatchers()
    {
        if (_watchedBy is null)
        {
            return;
        }

        foreach (IInternalActorRef watcher in _watchedBy)
        {
            // The parent has been told as the parent.
            if (!ReferenceEquals(watcher, _parent))
            {
                watcher.SendSystem(new DeathWatchNotification(this, existenceConfirmed: true));
            }
        }

        _watchedBy = null;
    }
}
