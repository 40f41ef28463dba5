using System.Collections.Concurrent;
using Eco.Runtime.Dispatch;
using Microsoft.Extensions.Logging;

namespace Eco.Runtime.Actors;

/// <summary>A tree of actors that share a dispatcher, a clock and a source of chance. One per host identity; several may live in one process.</summary>
public sealed partial class ActorSystem : IActorRefFactory
{
    private readonly ConcurrentDictionary<Type, object> _extensions = [];
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ILogger _logger;
    private readonly ActorCell _user;
    private readonly ActorCell _system;
    private readonly Lazy<CoordinatedShutdown> _shutdown;
    private volatile bool _aborted;
    private int _terminating;
    private long _uid;

    private ActorSystem(string name, ActorSystemSettings settings)
    {
        Name = name;
        Settings = settings;
        _logger = settings.LoggerFactory.CreateLogger<ActorSystem>();
        Runner = settings.Runner ?? new BackgroundRunner(settings.LoggerFactory);
        _shutdown = new Lazy<CoordinatedShutdown>(() => new CoordinatedShutdown(this, settings.CoordinatedShutdownPhases));
        Timers = new TimerRegistry(settings.TimeProvider, Runner);
        string address = $"eco://{name}";
        DeadLetters = new DeadLetterRef(this, new ActorPath($"{address}/deadLetters", 0));
        var root = new RootRef(this, new ActorPath(address, 0));
        Props guardian = Props.Create(static () => new GuardianActor());
        _user = new ActorCell(this, root, guardian.WithSupervisorStrategy(settings.GuardianStrategy), "user", 0);
        _system = new ActorCell(this, root, guardian, "system", 0);
        Runner.EscalateTo(OnBackgroundFailure);
    }

    /// <summary>The system's name, the first part of its actors' paths.</summary>
    public string Name { get; }

    /// <summary>What it was made from.</summary>
    public ActorSystemSettings Settings { get; }

    /// <summary>Publishes by type.</summary>
    public EventStream EventStream { get; } = new();

    /// <summary>Publishes what it gets as <see cref="DeadLetter"/>.</summary>
    public IActorRef DeadLetters { get; }

    /// <summary>The system's clock.</summary>
    public TimeProvider TimeProvider => Settings.TimeProvider;

    /// <summary>The system's source of chance.</summary>
    public IRandomSource Random => Settings.Random;

    /// <summary>Makes the loggers.</summary>
    public ILoggerFactory LoggerFactory => Settings.LoggerFactory;

    /// <summary>Where mailboxes run.</summary>
    public IDispatcher Dispatcher => Settings.Dispatcher;

    /// <summary>Runs what is no message handler, and never fails in silence.</summary>
    public BackgroundRunner Runner { get; }

    /// <summary>Completes when the system has ended, by <see cref="Terminate"/> or <see cref="Abort"/>.</summary>
    public Task WhenTerminated => _terminated.Task;

    /// <summary>Whether <see cref="Abort"/> has been called.</summary>
    public bool IsAborted => _aborted;

    /// <summary>Made when somebody asks for it; until then <see cref="Terminate"/> has nothing to wait for.</summary>
    internal CoordinatedShutdown CoordinatedShutdown => _shutdown.Value;

    /// <summary>What is below the root.</summary>
    internal IReadOnlyList<ActorCell> Guardians => [_system, _user];

    internal TimerRegistry Timers { get; }

    internal MailboxSegmentPool SegmentPool { get; } = new();

    /// <summary>Starts a system.</summary>
    /// <param name="name">ASCII letters, digits, '-', '_' and '.'.</param>
    /// <param name="settings">Null for the defaults.</param>
    public static ActorSystem Create(string name, ActorSystemSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ActorNames.Check(name);
        settings ??= new ActorSystemSettings();
        settings.Validate();
        var system = new ActorSystem(name, settings);
        system._system.SendSystem(new Create());
        system._user.SendSystem(new Create());
        return system;
    }

    /// <inheritdoc/>
    public IActorRef ActorOf(Props props, string? name = null) => _user.ActorOf(props, name);

    /// <summary>Creates an actor of the infrastructure, which outlives those of <see cref="ActorOf"/>.</summary>
    public IActorRef SystemActorOf(Props props, string? name = null) => _system.ActorOf(props, name);

    /// <inheritdoc/>
    public ActorSelection ActorSelection(string path) => new(this, null, path);

    /// <inheritdoc/>
    public void Stop(IActorRef actor) => _user.Stop(actor);

    /// <summary>Makes a port or service available to the actors of this system.</summary>
    /// <exception cref="InvalidOperationException">There is one of that type already.</exception>
    public void RegisterExtension<T>(T extension)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(extension);
        if (!_extensions.TryAdd(typeof(T), extension))
        {
            throw new InvalidOperationException($"{typeof(T)} is registered with '{Name}' already");
        }
    }

    /// <summary>A registered port or service.</summary>
    /// <exception cref="InvalidOperationException">There is none of that type.</exception>
    public T Extension<T>()
        where T : class =>
        TryExtension<T>() ?? throw new InvalidOperationException(
            $"{typeof(T)} is not registered with '{Name}'; call RegisterExtension before the first actor that needs it");

    /// <summary>A registered port or service, or null.</summary>
    public T? TryExtension<T>()
        where T : class =>
        _extensions.TryGetValue(typeof(T), out object? extension) ? (T)extension : null;

    /// <summary>
    /// Runs the <see cref="Actors.CoordinatedShutdown"/>, where there is one, which in its last phase stops all actors, each after its children:
    /// those under <c>/user</c>, then those under <c>/system</c>.
    /// </summary>
    /// <returns><see cref="WhenTerminated"/>.</returns>
    public Task Terminate()
    {
        if (!_shutdown.IsValueCreated || CoordinatedShutdown.HasFailed)
        {
            return FinalTerminate();
        }

        _ = CoordinatedShutdown.Run(Actors.CoordinatedShutdown.ActorSystemTerminateReason.Instance);
        return WhenTerminated;
    }

    /// <summary>Stops all actors now.</summary>
    internal Task FinalTerminate()
    {
        if (Interlocked.Exchange(ref _terminating, 1) == 0)
        {
            _user.SendSystem(new Terminate());
        }

        return WhenTerminated;
    }

    /// <summary>
    /// Ends everything at once, as a crash of the host does: no PostStop, no more messages, no timers; what completes later is ignored.
    /// </summary>
    public void Abort()
    {
        _aborted = true;
        Timers.Close();
        EventStream.Clear();
        _terminated.TrySetResult();
    }

    internal long NextUid() => Interlocked.Increment(ref _uid);

    internal void RequireAccepting(ActorCell parent)
    {
        if (_aborted || WhenTerminated.IsCompleted)
        {
            throw new IllegalActorStateException($"'{Name}' has ended; {parent.Path} cannot create an actor");
        }
    }

    internal void OnGuardianFailed(ActorCell guardian, Exception cause)
    {
        LogGuardianFailed(cause, guardian.Path.Address);
        _ = Terminate();
    }

    internal void OnGuardianStopped(IActorRef guardian)
    {
        if (ReferenceEquals(guardian, _user))
        {
            _system.SendSystem(new Terminate());
            return;
        }

        Timers.Close();
        LogTerminated(Name);
        _terminated.TrySetResult();
    }

    private void OnBackgroundFailure(BackgroundFailure failure)
    {
        if (!_aborted)
        {
            EventStream.Publish(failure);
        }
    }
}
