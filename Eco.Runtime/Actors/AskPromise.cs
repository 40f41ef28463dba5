namespace Eco.Runtime.Actors;

/// <summary>The temporary sender of one Ask: completes a task with the first answer.</summary>
internal sealed class AskPromise<T> : TaskCompletionSource<T>, IInternalActorRef, IAskPromise
{
    private readonly IActorRef _target;
    private readonly string _messageType;
    private readonly TimeSpan _timeout;
    private readonly Lock _gate = new();
    private IDisposable? _timer;
    private ActorPath? _path;
    private List<IInternalActorRef>? _watchedBy;

    public AskPromise(ActorSystem system, IActorRef target, object message, TimeSpan timeout)
        : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        System = system;
        _target = target;
        _messageType = message.GetType().Name;
        _timeout = timeout;
    }

    public ActorSystem System { get; }

    public ActorPath Path
    {
        get
        {
            if (_path is null)
            {
                // Few ever look at it, so it is made when somebody does.
                long uid = System.NextUid();
                Interlocked.CompareExchange(ref _path, new ActorPath($"eco://{System.Name}/temp/{ActorNames.Generated(uid)}", uid), null);
            }

            return _path;
        }
    }

    public void StartTimer()
    {
        if (_timeout != global::System.Threading.Timeout.InfiniteTimeSpan)
        {
            _timer = System.TimeProvider.CreateTimer(
                static state =>
                {
                    var promise = (AskPromise<T>)state!;
                    promise.System.Runner.Run("the time-out of an Ask", static p => p.OnTimeout(), promise);
                },
                this,
                _timeout,
                global::System.Threading.Timeout.InfiniteTimeSpan);
        }
    }

    public void Tell(object message, IActorRef? sender)
    {
        bool isFirst = message switch
        {
            Status.Failure failure when typeof(T) != typeof(Status) && typeof(T) != typeof(Status.Failure) => TrySetException(failure.Cause),
            T answer => TrySetResult(answer),
            null => throw new InvalidMessageException($"null was sent to {Path}; a message is an object"),
            _ => TrySetException(new ArgumentException(
                $"the Ask of {_target.Path} expected {typeof(T).Name} in answer to {_messageType}, and got {message.GetType().Name}")),
        };
        if (isFirst)
        {
            OnCompleted();
        }
        else
        {
            System.DeadLetters.Tell(new DeadLetter(message, sender, this), sender);
        }
    }

    public void Fail(Exception cause)
    {
        if (TrySetException(cause))
        {
            OnCompleted();
        }
    }

    public void SendSystem(SystemMessage message)
    {
        if (message is Watch watch)
        {
            lock (_gate)
            {
                if (!Task.IsCompleted)
                {
                    _watchedBy ??= [];
                    _watchedBy.Add(watch.Watcher);
                    return;
                }
            }

            watch.Watcher.SendSystem(new DeathWatchNotification(this, existenceConfirmed: false));
        }
        else if (message is Unwatch unwatch)
        {
            lock (_gate)
            {
                _watchedBy?.Remove(unwatch.Watcher);
            }
        }
    }

    public int CompareTo(IActorRef? other) => ActorRefComparer.Compare(this, other);

    public bool Equals(IActorRef? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => Task.Id;

    public override string ToString() => Path.Address;

    private void OnTimeout() => Fail(new AskTimeoutException(
        $"{_target.Path} did not answer {_messageType} within {_timeout.TotalSeconds.ToString(global::System.Globalization.CultureInfo.InvariantCulture)} s"));

    private void OnCompleted()
    {
        _timer?.Dispose();
        List<IInternalActorRef>? watchers;
        lock (_gate)
        {
            watchers = _watchedBy;
            _watchedBy = null;
        }

        foreach (IInternalActorRef watcher in watchers ?? [])
        {
            watcher.SendSystem(new DeathWatchNotification(this, existenceConfirmed: true));
        }
    }
}
