using System.Globalization;
using System.Text;
using Eco.Runtime.Cluster;
using Eco.Runtime.Dispatch;

namespace Eco.Runtime.Simulation;

/// <summary>
/// A world on one thread with virtual time, in which the seed decides every interleaving, every delay and every loss. The same seed
/// and the same program give the same run, in every process.
/// </summary>
/// <example>
/// <code>
/// using var world = new SimulatedWorld(seed: 42);
/// SimulatedHost server = world.AddHost("server", new SimulatedHostOptions(), host =&gt; Boot(host));
/// world.Schedule(TimeSpan.FromSeconds(3), "cable", () =&gt; world.Network.Cut("server", "edge-1"));
/// world.RunUntil(() =&gt; server.JournalStorage.Events.Count == 10, limit: TimeSpan.FromMinutes(1));
/// </code>
/// </example>
public sealed class SimulatedWorld : IDisposable
{
    private readonly SortedDictionary<string, SimulatedHost> _hosts = new(StringComparer.Ordinal);

    /// <summary>Makes an empty world.</summary>
    public SimulatedWorld(ulong seed, SimulationOptions? options = null)
    {
        Seed = seed;
        Options = options ?? new SimulationOptions();
        Random = new SeededRandomSource(seed);
        Scheduler = new SimulationScheduler(Random, Options);
        TimeProvider = new SimulatedTimeProvider(Scheduler, Scheduler.World, new HostClock());
        Network = new SimulatedNetwork(Scheduler, Random, Options);
        Broker = new SimulatedBroker(Scheduler, Network, Random, Options.Transport) { Faults = Options.Transport.Faults };
    }

    /// <summary>Decides everything that is left to chance.</summary>
    public ulong Seed { get; }

    /// <summary>What holds for the whole world.</summary>
    public SimulationOptions Options { get; }

    /// <summary>The true time.</summary>
    public VirtualClock Clock => Scheduler.Clock;

    /// <summary>The true time as a provider; its timers belong to the world and outlive every host.</summary>
    public SimulatedTimeProvider TimeProvider { get; }

    /// <summary>The links between the hosts.</summary>
    public SimulatedNetwork Network { get; }

    /// <summary>Crashes at named places.</summary>
    public SimulatedCrashPoints CrashPoints { get; } = new();

    /// <summary>Chance for fault scripts and workloads; hosts have their own.</summary>
    public IRandomSource Random { get; }

    /// <summary>What has been handed to the transport, by all hosts.</summary>
    public TransportCounters TransportCounters => Broker.TransportCounters;

    /// <summary>The hosts by id, in ordinal order.</summary>
    public IReadOnlyDictionary<string, SimulatedHost> Hosts => _hosts;

    /// <summary>A number that two runs share exactly when they were the same run.</summary>
    public ulong TraceHash => Scheduler.Trace.Hash;

    /// <summary>The last steps, oldest first.</summary>
    public IReadOnlyList<string> TraceTail => Scheduler.Trace.Tail();

    /// <summary>Mailbox runs, timers and completions so far.</summary>
    public long Steps => Scheduler.Steps;

    /// <summary>The transport's queues, and what they do to those who use them.</summary>
    public SimulatedBroker Broker { get; }

    /// <summary>Messages that actors of all hosts have handled, whether sent to them or brought by a timer or a port.</summary>
    public long EventsHandled => Scheduler.EventsHandled;

    /// <summary>Timers, frames on their way and completions that are planned.</summary>
    public int PendingEvents => Scheduler.PendingEvents;

    /// <summary>Sees each step; null for nobody.</summary>
    public ISimulationObserver? Observer
    {
        get => Scheduler.Observer;
        set => Scheduler.Observer = value;
    }

    internal SimulationScheduler Scheduler { get; }

    /// <summary>Adds a host and starts it.</summary>
    /// <param name="id">Its name in the network, and the address at which it usually subscribes.</param>
    /// <param name="options">What it is like.</param>
    /// <param name="boot">Makes its actors; called at this start and at every later one, with memory lost and disk kept.</param>
    public SimulatedHost AddHost(string id, SimulatedHostOptions options, Action<SimulatedHost> boot)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(boot);
        if (_hosts.ContainsKey(id))
        {
            throw new ArgumentException($"there is already a host '{id}'", nameof(id));
        }

        Network.AddNode(id, options.Site);
        var host = new SimulatedHost(this, _hosts.Count + 1, id, options, boot);
        _hosts.Add(id, host);
        host.Restart();
        return host;
    }

    /// <summary>Adds a database for several hosts; see <see cref="SimulatedHostOptions.Database"/>.</summary>
    /// <param name="name">Its name, for messages.</param>
    public SimulatedDatabase AddDatabase(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new SimulatedDatabase(name, this);
    }

    /// <summary>Plans a step of a fault script.</summary>
    /// <param name="delay">From now.</param>
    /// <param name="what">Its name in the trace.</param>
    /// <param name="action">What happens; it outlives every host.</param>
    public void Schedule(TimeSpan delay, string what, Action action) => Scheduler.After(delay, Scheduler.World, what, action);

    /// <summary>Runs until a condition holds.</summary>
    /// <param name="condition">Looked at before the first and after each step; it must not change the world.</param>
    /// <param name="limit">At most so much virtual time from now.</param>
    /// <param name="observe">What was seen last, for the message of a failure.</param>
    /// <exception cref="SimulationTimeoutException">The limit was reached, or nothing is left to happen, and the condition does not hold.</exception>
    /// <exception cref="SimulationFailedException">A step threw.</exception>
    public void RunUntil(Func<bool> condition, TimeSpan limit, Func<string>? observe = null)
    {
        if (TryRunUntil(condition, limit))
        {
            return;
        }

        string cause = Scheduler.IsIdle ? "nothing is left to happen" : $"{limit:c} of virtual time were not enough";
        string seen = observe is null ? string.Empty : $"; last seen: {observe()}";
        throw new SimulationTimeoutException(Seed, $"the condition does not hold and {cause}{seen}{Environment.NewLine}{Report()}");
    }

    /// <summary>Runs until a condition holds, or the limit is reached, or nothing is left to happen.</summary>
    /// <returns>Whether the condition holds.</returns>
    /// <exception cref="SimulationFailedException">A step threw.</exception>
    public bool TryRunUntil(Func<bool> condition, TimeSpan limit)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return Run(Deadline(limit), condition);
    }

    /// <summary>Runs so much virtual time; the clock ends exactly there.</summary>
    /// <exception cref="SimulationFailedException">A step threw.</exception>
    public void RunFor(TimeSpan duration)
    {
        long deadline = Deadline(duration);
        Run(deadline, condition: null);
        Scheduler.Clock.AdvanceTo(deadline);
    }

    /// <summary>Runs until nothing is left to happen, which a world with periodic timers never reaches.</summary>
    /// <exception cref="SimulationTimeoutException">The limit was reached and there is more to come.</exception>
    /// <exception cref="SimulationFailedException">A step threw.</exception>
    public void RunToQuiescence(TimeSpan limit)
    {
        Run(Deadline(limit), condition: null);
        if (!Scheduler.IsIdle)
        {
            throw new SimulationTimeoutException(Seed, $"after {limit:c} of virtual time there is still more to come{Environment.NewLine}{Report()}");
        }
    }

    /// <summary>Ends all hosts without a trace on their disks.</summary>
    public void Dispose()
    {
        foreach (SimulatedHost host in _hosts.Values.Where(host => host.IsUp))
        {
            host.Crash();
        }
    }

    private long Deadline(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        long now = Clock.ElapsedTicks;
        return duration.Ticks > long.MaxValue - now ? long.MaxValue : now + duration.Ticks;
    }

    private bool Run(long deadline, Func<bool>? condition)
    {
        Scheduler.EnterThread();
        try
        {
            while (condition is null || !condition())
            {
                if (!Scheduler.RunOne(deadline))
                {
                    return false;
                }
            }

            return true;
        }
        catch (Exception e) when (e is not SimulationFailedException)
        {
            throw new SimulationFailedException(Seed, Report(), e);
        }
        finally
        {
            Scheduler.LeaveThread();
        }
    }

    private string Report()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"seed {Seed}, virtual time {Clock.Elapsed:c}, {Steps} steps, trace {TraceHash:x16}; hosts: ");
        text.AppendJoin(", ", _hosts.Values.Select(host => $"{host.Id} {(host.IsUp ? "up" : "down")} (start {host.Incarnation})"));
        foreach (string line in TraceTail)
        {
            text.AppendLine().Append("  ").Append(line);
        }

        return text.ToString();
    }
}
