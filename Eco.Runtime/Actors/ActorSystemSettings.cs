using Eco.Runtime.Dispatch;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Eco.Runtime.Actors;

/// <summary>What an actor system is made of. The defaults are the real world's; the simulator gives its own clock, dispatcher and chance.</summary>
public sealed record ActorSystemSettings
{
    /// <summary>Where mailboxes run.</summary>
    public IDispatcher Dispatcher { get; init; } = ThreadPoolDispatcher.Instance;

    /// <summary>The clock of timers, time-outs and supervision windows.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The source of chance; a host gives it a seed of its own.</summary>
    public IRandomSource Random { get; init; } = new SeededRandomSource(0);

    /// <summary>Makes the loggers.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The runner of loops, timers and continuations; null for one of the system's own.</summary>
    public BackgroundRunner? Runner { get; init; }

    /// <summary>How many messages each of the control and telemetry lanes holds; more become <see cref="MailboxFull"/>. At least 1.</summary>
    public int MailboxCapacityPerLane { get; init; } = 65_536;

    /// <summary>How many messages an actor may stash where its Props say nothing else. At least 1.</summary>
    public int StashCapacity { get; init; } = 65_536;

    /// <summary>How many messages an actor handles before others get their turn. At least 1.</summary>
    public int Throughput { get; init; } = 100;

    /// <summary>Supervises the top-level actors.</summary>
    public SupervisorStrategy GuardianStrategy { get; init; } = SupervisorStrategy.DefaultStrategy;

    /// <summary>The phases of the system's <see cref="CoordinatedShutdown"/>, by name. <see cref="CoordinatedShutdown.PhaseActorSystemTerminate"/> has to be among them: it ends the system.</summary>
    public IReadOnlyDictionary<string, ShutdownPhase> CoordinatedShutdownPhases { get; init; } = CoordinatedShutdown.DefaultPhases;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MailboxCapacityPerLane, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(StashCapacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Throughput, 1);
        if (!ShutdownPhases.InOrder(CoordinatedShutdownPhases).Contains(CoordinatedShutdown.PhaseActorSystemTerminate))
        {
            throw new ArgumentException($"{nameof(CoordinatedShutdownPhases)} lacks '{CoordinatedShutdown.PhaseActorSystemTerminate}', which ends the system");
        }
    }
}
