using System.Collections.Immutable;
using Eco.Actors.Agents;
using Eco.Actors.Console;
using Eco.Host.Commands;
using Eco.Host.ConsoleSocket;
using Eco.Host.Output;
using Eco.Host.State;
using Eco.Runtime.Cluster;
using Eco.Schedulers.Placement;
using Microsoft.Extensions.Logging;

namespace Eco.Host.Composition.Local;

/// <summary><c>eco host</c>: a server and its agents until Ctrl-C or <c>eco stop</c>.</summary>
internal static class LocalHostCommand
{
    /// <summary>Runs the host.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(HostRun run, CommandOutput output, CancellationToken stop)
    {
        HostOptions options = run.Options;
        if (!options.RunsServer)
        {
            throw new CommandException(
                ConsoleErrorCodes.Refused,
                "a host without the server role needs a broker, which this version does not have",
                "add server to eco.host.roles: server and agents run in one process");
        }

        StateDirectory state = run.State;
        using StateLock held = state.Acquire();
        using ILoggerFactory logging = HostLogging.Create(options.LogLevel);
        LocalHost host = await StorageErrors.GuardAsync(state, () => LocalHost.StartAsync(SetupOf(options, state, logging), stop)).ConfigureAwait(false);
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

                output.Note($"host {options.HostId} is ready: server with {options.Agents.Length} agents, state in {state.Name}");
                output.Note("submit an ION with: eco ion submit FILE");
                await Task.WhenAny(host.StopAsked, host.Fault, Task.Delay(Timeout.Infinite, stop)).ConfigureAwait(false);
                host.ThrowIfFailed();
            }
        }

        return ExitCodes.Success;
    }

    /// <summary>Whether the agents have joined before an end was asked for.</summary>
    private static async Task<bool> StartedAsync(HostOptions options, LocalHost host, CancellationToken stop)
    {
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

    private static LocalHostSetup SetupOf(HostOptions options, StateDirectory state, ILoggerFactory logging)
    {
        ImmutableArray<string> engines = [.. EngineCatalogue.Default.Engines.Keys];
        return new LocalHostSetup(
            state,
            options.Partitions,
            [.. options.Agents.Select(agent => new LocalAgent(
                new AgentProfile(agent.Id, agent.Site, agent.Role, agent.Labels, agent.Capabilities, engines),
                agent.DataRoot))],
            new AgentOptions(
                options.JoinEvery,
                options.HeartbeatEvery,
                options.UnreachableAfter,
                options.StatisticsEvery,
                options.StatusEvery,
                options.CheckpointEverySteps),
            EntityOptions.Default,
            ProcessCrashPoints.Parse(Environment.GetEnvironmentVariable(ProcessCrashPoints.Variable)),
            logging)
        {
            FollowJournalEvery = options.FollowJournalEvery,
            StopWithin = options.StopWithin,
            KeepEvents = options.KeepEvents,
            StatisticsBufferRows = options.StatisticsBufferRows,
        };
    }
}
