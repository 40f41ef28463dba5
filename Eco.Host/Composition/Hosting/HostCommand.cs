using System.Collections.Immutable;
using System.Globalization;
using Eco.Actors.Agents;
using Eco.Host.Artifacts;
using Eco.Host.Commands;
using Eco.Host.Composition.EngineProcesses;
using Eco.Host.ConsoleSocket;
using Eco.Host.Fleet;
using Eco.Host.Output;
using Eco.Host.State;
using Eco.Runtime.Cluster;
using Eco.Schedulers.Placement;
using Microsoft.Extensions.Logging;

namespace Eco.Host.Composition.Hosting;

/// <summary><c>eco host</c>: the roles of one host until Ctrl-C or <c>eco stop</c>.</summary>
internal static class HostCommand
{
    // Small, so that little is handed out twice when a channel ends (reliability.md 1.2).
    private const int PrefetchFromBroker = 16;

    /// <summary>Runs the host.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(HostRun run, CommandOutput output, CancellationToken stop)
    {
        HostOptions options = run.Options;
        StateDirectory state = run.State;
        using StateLock held = state.Acquire();
        using ILoggerFactory logging = HostLogging.Create(options.LogLevel);
        EcoHost host = await StorageErrors.GuardAsync(state, () => EcoHost.StartAsync(SetupOf(options, state, logging), stop)).ConfigureAwait(false);
        await using (host.ConfigureAwait(false))
        {
            ConsoleSocketServer socket = ConsoleSocketServer.Start(
                state, host, new ConsoleSocketOptions(), TimeProvider.System, logging.CreateLogger<ConsoleSocketServer>());
            await using (socket.ConfigureAwait(false))
            {
                if (!await StartedAsync(options, host, stop).ConfigureAwait(false))
                {
                    return ExitCodes.Success;
                }

                output.Note($"host {options.HostId} is ready: {RolesOf(options)}, state in {state.Name}{AfterStart()}");
                if (options.RunsServer)
                {
                    output.Note("submit an ION with: eco ion submit FILE");
                }

                using var idle = new IdleMemory(TimeProvider.System, logging.CreateLogger<IdleMemory>());
                await Task.WhenAny(host.StopAsked, host.Fault, Task.Delay(Timeout.Infinite, stop)).ConfigureAwait(false);
                host.ThrowIfFailed();
            }
        }

        return ExitCodes.Success;
    }

    /// <summary>How long the process took until now, from its first instruction on; nothing where the system does not say.</summary>
    private static string AfterStart()
    {
        const double TicksPerSecond = 100;
        if (!OperatingSystem.IsLinux() || ProcessIdentity.Of(Environment.ProcessId) is not { } self)
        {
            return "";
        }

        double up = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $", after {up - (self.StartTicks / TicksPerSecond):0.00} s");
    }

    private static string RolesOf(HostOptions options)
    {
        string agents = options.Agents.Length switch
        {
            1 => "agent " + options.Agents[0].Id,
            _ => $"{options.Agents.Length} agents",
        };
        return !options.RunsServer ? agents : options.Agents.IsEmpty ? "server" : $"server with {agents}";
    }

    /// <summary>
    /// Whether the host takes work before an end was asked for. Agents that share the process with their only server have joined it by then; those
    /// of a cluster may find no server for days, and run what they have.
    /// </summary>
    private static async Task<bool> StartedAsync(HostOptions options, EcoHost host, CancellationToken stop)
    {
        if (!options.Brokers.IsEmpty)
        {
            host.ThrowIfFailed();
            return !stop.IsCancellationRequested;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task joined = AgentsJoined.WaitAsync(host, options.Agents.Select(agent => agent.Id), ended.Token);
        await Task.WhenAny(joined, host.StopAsked).ConfigureAwait(false);
        if (joined.IsCompleted && !stop.IsCancellationRequested)
        {
            await joined.ConfigureAwait(false);
            return true;
        }

        await ended.CancelAsync().ConfigureAwait(false);
        await joined.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return false;
    }

    private static EcoHostSetup SetupOf(HostOptions options, StateDirectory state, ILoggerFactory logging)
    {
        ImmutableArray<string> engines = [.. EngineCatalogue.Default.Engines.Keys];
        return new EcoHostSetup(
            state,
            options.RunsServer ? ServerOf(options) : null,
            [.. options.Agents.Select(agent => new LocalAgent(
                new AgentProfile(agent.Id, agent.Site, agent.Role, agent.Labels, agent.Capabilities, engines),
                agent.DataRoot))],
            new AgentOptions(
                options.JoinEvery,
                options.HeartbeatEvery,
                options.UnreachableAfter,
                options.StatisticsEvery,
                options.StatusEvery,
                options.CheckpointEverySteps) { MaxModelBytes = options.MaxArtifactBytes },
            options.Brokers.IsEmpty ? EntityOptions.Default : EntityOptions.Default with { Prefetch = PrefetchFromBroker },
            ProcessCrashPoints.Parse(Environment.GetEnvironmentVariable(ProcessCrashPoints.Variable)),
            logging)
        {
            Brokers = options.Brokers.IsEmpty
                ? null
                : new BrokerSetup(options.Brokers, SecretFile.OfBrokers(options)),
            MaxArtifactBytes = options.MaxArtifactBytes,
            StopWithin = options.StopWithin,
            EngineProcesses = options.IsolatesEngines
                ? new EngineProcessOptions
                {
                    KeepFor = options.EngineKeepFor,
                    CallWithin = options.EngineCallWithin,
                    MemoryBytes = options.EngineMemoryBytes,
                }
                : null,
            StatisticsBufferBytes = options.StatisticsBufferBytes,
        };
    }

    private static ServerHostSetup ServerOf(HostOptions options) => new(options.HostId, options.Partitions)
    {
        Artifacts = new ArtifactServerOptions
        {
            Listen = options.ArtifactsListen,
            Advertise = options.ArtifactsAdvertise,
            MaxBytes = options.MaxArtifactBytes,
        },
        FollowJournalEvery = options.FollowJournalEvery,
        KeepEvents = options.KeepEvents,
        Database = options.Database.Length == 0
            ? null
            : DatabaseConnection.Of(options),
    };
}
