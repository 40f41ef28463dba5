using System.Diagnostics;
using Eco.Actors.Agents;
using Eco.Host.Commands;
using Eco.Host.Composition;
using Eco.Host.Composition.Hosting;
using Eco.Host.ConsoleSocket;
using Eco.Host.Output;
using Eco.Host.State;
using Eco.Runtime.Cluster;
using Microsoft.Extensions.Logging;

namespace Eco.Host.Demo;

/// <summary>
/// <c>eco demo</c>: server and agents in this process, one ION to its end, then a summary. A run that was cut off is resumed from the journals;
/// otherwise a new one starts and history stays.
/// </summary>
internal static class DemoCommand
{
    private const int Partitions = 16;

    private static readonly AgentOptions Timing = AgentOptions.Default with
    {
        JoinEvery = TimeSpan.FromMilliseconds(200),
        StatisticsEvery = TimeSpan.FromSeconds(2),
    };

    /// <summary>Runs the demo.</summary>
    public static async Task<int> RunAsync(DemoRun run, CommandOutput output, CancellationToken stop)
    {
        IDemoScenario scenario = run.DataFolder is null
            ? FederatedKMeansScenario.Of(run.Batches, run.Pace)
            : AnomalyScenario.Of(run.DataFolder);
        var elapsed = Stopwatch.StartNew();
        DateTimeOffset started = TimeProvider.System.GetUtcNow();
        using StateLock held = run.State.Acquire();
        using ILoggerFactory logging = HostLogging.Create(output.Verbose ? LogLevel.Information : LogLevel.Error);
        EcoHost host = await StorageErrors.GuardAsync(run.State, () => EcoHost.StartAsync(
            new EcoHostSetup(
                run.State,
                new ServerHostSetup("server", Partitions),
                scenario.Agents,
                Timing,
                EntityOptions.Default,
                ProcessCrashPoints.Parse(Environment.GetEnvironmentVariable(ProcessCrashPoints.Variable)),
                logging),
            stop)).ConfigureAwait(false);
        await using (host.ConfigureAwait(false))
        {
            ConsoleSocketServer socket = ConsoleSocketServer.Start(
                run.State, host, new ConsoleSocketOptions(), TimeProvider.System, logging.CreateLogger<ConsoleSocketServer>());
            await using (socket.ConfigureAwait(false))
            {
                using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
                DemoOutcome outcome = await new DemoSession(scenario, host, output, !run.Headless && output.Live, elapsed, started)
                    .RunAsync(ended.Token)
                    .ConfigureAwait(false);
                return FiguresOutput.Show(scenario.Report(outcome), output, run.JsonFile);
            }
        }
    }
}
