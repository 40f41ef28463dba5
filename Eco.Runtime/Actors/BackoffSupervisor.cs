namespace Eco.Runtime.Actors;

/// <summary>
/// Starts its child again after a wait that grows, whether it failed or stopped (a persistent actor stops after a failed write). Passes
/// messages on to the child, and the child's to its own parent; while the child is away messages go to dead letters.
/// </summary>
public sealed class BackoffSupervisor : ReceiveActor, IWithTimers
{
    private readonly BackoffOptions _options;
    private readonly Random _random;
    private IActorRef? _child;
    private int _restarts;

    private BackoffSupervisor(BackoffOptions options)
    {
        _options = options;
        _random = Context.System.Random.Stream(Self.Path.Address + "#backoff");
        Receive<GetCurrentChild>(_ => Sender.Tell(new CurrentChild(_child), Self));
        Receive<GetRestartCount>(_ => Sender.Tell(new RestartCount(_restarts), Self));
        Receive<Reset>(_ => _restarts = 0);
        Receive<StartChild>(_ => Start());
        Receive<ResetRestartCount>(reset => OnQuiet(reset));
        Receive<Terminated>(terminated => OnChildStopped(), terminated => terminated.ActorRef.Equals(_child));
        ReceiveAny(Pass);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How to make a supervisor.</summary>
    public static Props Props(BackoffOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Backoff.Validate();
        return Actors.Props.Create(() => new BackoffSupervisor(options));
    }

    /// <inheritdoc/>
    protected override void PreStart() => Start();

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(cause =>
    {
        Directive directive = _options.Decider(cause);
        return directive == Directive.Restart ? Directive.Stop : directive;
    });

    private void Start()
    {
        if (_child is not null)
        {
            return;
        }

        _child = Context.Watch(Context.ActorOf(_options.ChildProps, _options.ChildName));
        TimeSpan resetAfter = _options.ResetAfter ?? _options.Backoff.Min;
        if (_restarts > 0 && resetAfter != Timeout.InfiniteTimeSpan)
        {
            Timers.StartSingleTimer(nameof(ResetRestartCount), new ResetRestartCount(_restarts), resetAfter);
        }
    }

    private void OnChildStopped()
    {
        _child = null;
        Timers.Cancel(nameof(ResetRestartCount));
        if (_restarts >= _options.MaxRestarts)
        {
            Context.Stop(Self);
            return;
        }

        Timers.StartSingleTimer(nameof(StartChild), new StartChild(), _options.Backoff.Delay(_restarts, _random));
        _restarts++;
    }

    private void OnQuiet(ResetRestartCount reset)
    {
        if (reset.Seen == _restarts)
        {
            _restarts = 0;
        }
    }

    private void Pass(object message)
    {
        if (_child is not null && Sender.Equals(_child))
        {
            Context.Parent.Tell(message, Self);
        }
        else if (_child is not null)
        {
            _child.Forward(message);
        }
        else
        {
            Context.System.DeadLetters.Forward(message);
        }
    }

    /// <summary>Asks for <see cref="CurrentChild"/>.</summary>
    public sealed record GetCurrentChild;

    /// <summary>The child of now.</summary>
    /// <param name="Ref">Null while it is away.</param>
    public sealed record CurrentChild(IActorRef? Ref);

    /// <summary>Asks for <see cref="RestartCount"/>.</summary>
    public sealed record GetRestartCount;

    /// <summary>How many restarts there have been in a row.</summary>
    public sealed record RestartCount(int Count);

    /// <summary>Sets the count of restarts back: the child says that it is well.</summary>
    public sealed record Reset;

    private sealed record StartChild;

    private sealed record ResetRestartCount(int Seen);
}
