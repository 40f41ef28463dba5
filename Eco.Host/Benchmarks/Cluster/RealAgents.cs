using System.Collections.Immutable;
using System.Reflection.PortableExecutable;
using Eco.Host.Fleet;

namespace Eco.Host.Benchmarks.Cluster;

/// <summary>Measures clusters of real processes: brokers, PostgreSQL, servers and agents that this program starts and ends.</summary>
internal static class RealAgents
{
    private const int Brokers = 3;
    private const int Servers = 2;
    private const string ReadyMark = " is ready: ";
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(60);

    /// <summary>Many agents, each with its own connection, queue and journal; every process in a network namespace, on whose link is counted.</summary>
    public static async Task<FleetFigures> MeasureManyAsync(string folder, ClusterScale scale, Action<string> say, CancellationToken stop)
    {
        var shape = new FleetShape(Brokers, Servers, scale.RealAgents, scale.AgentsPerProcess, Isolated: true);
        using var root = new ScratchFolder(folder);
        EcoFleet fleet = await EcoFleet.OpenAsync(root.Path, shape, TimeProvider.System, stop: stop).ConfigureAwait(false);
        await using (fleet.ConfigureAwait(false))
        {
            await fleet.StartAsync(say, stop).ConfigureAwait(false);
            await IdleAsync(scale.SettleFor, stop).ConfigureAwait(false);
            long start = TimeProvider.System.GetTimestamp();
            (long Sent, long Received) before = BytesOf(fleet);
            say($"counting on {fleet.AgentHosts.Length} links for {scale.IdleForUplink.TotalMinutes:0.#} idle minutes");
            await IdleAsync(scale.IdleForUplink, stop).ConfigureAwait(false);
            (long Sent, long Received) after = BytesOf(fleet);
            TimeSpan counted = TimeProvider.System.GetElapsedTime(start);
            ImmutableHashSet<string> there = await fleet.ReachableAgentsAsync(stop).ConfigureAwait(false);
            return new FleetFigures(there.Count, fleet.AgentHosts.Length, counted, after.Sent - before.Sent, after.Received - before.Received);
        }
    }

    /// <summary>Agents in processes of their own, with a server: their memory when they were idle for long, and how fast one starts.</summary>
    public static async Task<AgentFigures> MeasureFewAsync(string folder, ClusterScale scale, Action<string> say, CancellationToken stop)
    {
        var shape = new FleetShape(1, 1, scale.IdleAgents, 1, Isolated: false);
        using var root = new ScratchFolder(folder);
        EcoFleet fleet = await EcoFleet.OpenAsync(root.Path, shape, TimeProvider.System, stop: stop).ConfigureAwait(false);
        await using (fleet.ConfigureAwait(false))
        {
            await fleet.StartAsync(say, stop).ConfigureAwait(false);
            say($"{scale.IdleAgents} agents in processes of their own, idle for {scale.IdleForMemory.TotalMinutes:0.#} minutes");
            await IdleAsync(scale.IdleForMemory, stop).ConfigureAwait(false);
            ImmutableArray<ResidentMemory> memory = [.. fleet.AgentHosts.Select(host => ResidentMemory.Of(host.Identity!.Pid))];
            HostNode agent = fleet.AgentHosts[^1];
            var starts = ImmutableArray.CreateBuilder<double>();
            for (int i = 0; i < scale.ColdStarts; i++)
            {
                await agent.StopAsync().ConfigureAwait(false);
                starts.Add((await StartAsync(agent, stop).ConfigureAwait(false)).TotalMilliseconds);
            }

            return new AgentFigures(memory, scale.IdleForMemory, starts.ToImmutable(), IsReadyToRun());
        }
    }

    /// <summary>From the start of the process until its log says that the agent runs what it has.</summary>
    private static async Task<TimeSpan> StartAsync(HostNode agent, CancellationToken stop)
    {
        long before = new FileInfo(agent.LogFile).Length;
        long start = TimeProvider.System.GetTimestamp();
        agent.Start();
        while (!SaysReady(agent.LogFile, before))
        {
            if (TimeProvider.System.GetElapsedTime(start) > StartWithin)
            {
                throw new TimeoutException($"{agent.Name} is not ready within {StartWithin.TotalSeconds} s; see '{agent.LogFile}'");
            }

            await IdleAsync(TimeSpan.FromMilliseconds(1), stop).ConfigureAwait(false);
        }

        return TimeProvider.System.GetElapsedTime(start);
    }

    private static bool SaysReady(string log, long from)
    {
        using var stream = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Position = from;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Contains(ReadyMark, StringComparison.Ordinal);
    }

    private static (long Sent, long Received) BytesOf(EcoFleet fleet)
    {
        (long Sent, long Received)[] links = [.. fleet.AgentHosts.Select(host => fleet.Network.BytesOf(host.Name))];
        return (links.Sum(link => link.Sent), links.Sum(link => link.Received));
    }

    private static bool IsReadyToRun()
    {
        using var file = new PEReader(File.OpenRead(typeof(RealAgents).Assembly.Location));
        return file.PEHeaders.CorHeader?.ManagedNativeHeaderDirectory.Size > 0;
    }

    // A measuring program waits for real time; nothing decides on it.
    private static Task IdleAsync(TimeSpan time, CancellationToken stop) => Task.Delay(time, TimeProvider.System, stop);

    /// <summary>A folder of one measurement, removed with it.</summary>
    private sealed class ScratchFolder(string place) : IDisposable
    {
        public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetFullPath(place), $"eco-bench-{Guid.NewGuid():n}");

        public void Dispose()
        {
            if (Directory.Exists(Path))
            {
                Directory.Delete(Path, recursive: true);
            }
        }
    }
}
