using System.Collections.Immutable;
using Eco.Host.Commands;
using Eco.Host.Fleet;
using Eco.Host.Output;

namespace Eco.Host.Benchmarks.Cluster;

/// <summary><c>eco bench cluster</c>: how far a cluster goes on this machine: many agents for real, many more simulated, and what one agent takes.</summary>
internal static class ClusterBenchmark
{
    /// <summary>As it is typed.</summary>
    public const string Name = "cluster";

    private const ulong Seed = 1;

    /// <summary>Runs it.</summary>
    public static async Task<int> RunAsync(BenchRun run, CommandOutput output, CancellationToken stop)
    {
        EcoFleet.RequirePrerequisites(isolated: true);
        ClusterScale scale = run.Quick ? ClusterScale.Quick : ClusterScale.Full;
        if (run.Quick)
        {
            output.Note("--quick: a small cluster for a short time, to see that it works; these are no figures");
        }

        output.Note($"simulating {Plain.Number(scale.SimulatedAgents)} agents");
        HeartbeatFigures heartbeats = SimulatedHeartbeats.Run(scale.SimulatedAgents, scale.SimulatedFor, Seed);
        output.Note($"{Plain.Number(heartbeats.Heartbeats)} heartbeats of {Plain.Number(heartbeats.Agents)} agents: p99 {Plain.Number(heartbeats.P99Milliseconds)} ms");
        stop.ThrowIfCancellationRequested();
        AgentFigures agent = await RealAgents.MeasureFewAsync(run.Folder, scale, output.Note, stop).ConfigureAwait(false);
        output.Note($"median of {agent.Memory.Length} agents: {Plain.Number(agent.ResidentMegabytes)} MB resident, ready after {Plain.Number(agent.ColdStartMilliseconds)} ms");
        FleetFigures fleet = await RealAgents.MeasureManyAsync(run.Folder, scale, output.Note, stop).ConfigureAwait(false);
        return FiguresOutput.Show(Report(scale, fleet, agent, heartbeats), output, run.JsonFile);
    }

    private static FiguresReport Report(ClusterScale scale, FleetFigures fleet, AgentFigures agent, HeartbeatFigures heartbeats) => new(
        $"bench {Name}",
        [(long)Seed],
        [
            ("agents-real", Figure.AtLeast(fleet.Joined, "agents", scale.RealAgents)),
            ("uplink-bits-per-second-per-agent", Figure.AtMost(fleet.UplinkBitsPerSecondPerAgent, "bit/s", 1_000)),
            ("agent-rss-mb", Figure.AtMost(agent.ResidentMegabytes, "MB", 64)),
            ("agent-cold-start-ms", Figure.AtMost(agent.ColdStartMilliseconds, "ms", 1_000)),
            ("agents-simulated", Figure.AtLeast(heartbeats.Agents, "agents", scale.SimulatedAgents)),
            ("heartbeat-p99-ms", Figure.AtMost(heartbeats.P99Milliseconds, "ms", 1_000)),
        ],
        [
            Row("agents of the real cluster", fleet.Joined),
            Row("processes of the real cluster that hold agents", fleet.Processes),
            Row("idle time counted, s", fleet.Counted.TotalSeconds),
            Row("uplink of all agents, bytes", fleet.UplinkBytes),
            Row("downlink of all agents, bytes", fleet.DownlinkBytes),
            Row("idle time before the memory was read, s", agent.IdleFor.TotalSeconds),
            Row("idle agents in processes of their own, median of", agent.Memory.Length),
            Row("least resident memory of these, MB", agent.Memory.Min(process => process.Bytes) / 1e6),
            Row("most resident memory of these, MB", agent.Memory.Max(process => process.Bytes) / 1e6),
            Row("of the median process's own: heaps, stacks, tables, generated code, MB", agent.OwnMegabytes),
            Row("cold starts, median of", agent.Starts.Length),
            Row("slowest cold start, ms", agent.Starts.Max()),
            Row("build with native code (ReadyToRun)", agent.IsReadyToRun ? 1 : 0),
            Row("heartbeats measured", heartbeats.Heartbeats),
            Row("heartbeat median, ms", heartbeats.MedianMilliseconds),
            Row("heartbeat longest, ms", heartbeats.LongestMilliseconds),
            Row("simulated events", heartbeats.Events),
            Row("simulation took, s", heartbeats.Took.TotalSeconds),
        ]);

    private static ImmutableArray<(string Column, object? Value)> Row(string what, double value) => [("what", what), ("value", value)];
}
