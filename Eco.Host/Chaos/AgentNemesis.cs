using System.Globalization;
using Eco.Host.Fleet;

namespace Eco.Host.Chaos;

/// <summary>
/// What befalls the agents: each life of one has a crash point at which it ends by itself, sooner or later; some end earlier by SIGKILL, are paused,
/// or lose their link for a while.
/// </summary>
internal sealed class AgentNemesis(EcoFleet fleet, ChaosLog log, Random random, TimeProvider time)
{
    // The agents of a process pass a point ten times a second or so, the cloud's own less often: a life lasts for half a minute or so.
    private const int MostPasses = 400;
    private const int MostPassesOfCloud = 200;
    private readonly Dictionary<bool, Queue<string>> _points = [];

    /// <summary>Injects faults until it is told to end.</summary>
    public async Task RunAsync(CancellationToken ended)
    {
        while (true)
        {
            await Polling.PauseAsync(TimeSpan.FromMilliseconds(random.Next(1000, 3000)), time, ended).ConfigureAwait(false);
            HostNode? dead = fleet.AgentHosts.FirstOrDefault(host => !host.IsAlive);
            if (dead is not null)
            {
                Restart(dead);
                continue;
            }

            HostNode agent = fleet.AgentHosts[random.Next(fleet.AgentHosts.Length)];
            await (random.Next(10) switch
            {
                < 2 => KillAsync(agent),
                3 => PauseAsync(agent, ended),
                4 => UnplugAsync(agent, ended),
                _ => Task.CompletedTask,
            }).ConfigureAwait(false);
        }
    }

    private void Restart(HostNode agent)
    {
        string point = NextPoint(agent);
        log.Say($"{agent.Name} has ended and starts again, until {point}");
        agent.Start(point);
    }

    private async Task KillAsync(HostNode agent)
    {
        ChaosFault fault = log.Begin("agent-kill", agent.Name);
        await agent.KillAsync().ConfigureAwait(false);
        log.Killed();
        log.End(fault);
    }

    private async Task PauseAsync(HostNode agent, CancellationToken ended)
    {
        ChaosFault fault = log.Begin("agent-pause", agent.Name);
        agent.Pause();
        log.End(fault);
        await Polling.PauseAsync(TimeSpan.FromSeconds(random.Next(3, 10)), time, ended).ConfigureAwait(false);
        agent.Resume();
    }

    private async Task UnplugAsync(HostNode agent, CancellationToken ended)
    {
        ChaosFault fault = log.Begin("agent-cut", agent.Name);
        NetworkCut cut = await fleet.Network.UnplugAsync(agent.Name).ConfigureAwait(false);
        log.End(fault);
        await using (cut.ConfigureAwait(false))
        {
            await Polling.PauseAsync(TimeSpan.FromSeconds(random.Next(4, 12)), time, ended).ConfigureAwait(false);
        }
    }

    // Each in turn, in a random order, so that a long run reaches all of them.
    private string NextPoint(HostNode host)
    {
        bool hasCloud = host.Agents[0].StartsWith("cloud", StringComparison.Ordinal);
        if (!_points.TryGetValue(hasCloud, out Queue<string>? queue) || queue.Count == 0)
        {
            string[] order = [.. hasCloud ? CrashPointCatalogue.Cloud : CrashPointCatalogue.Edge];
            random.Shuffle(order);
            _points[hasCloud] = queue = new Queue<string>(order);
        }

        string point = queue.Dequeue();

        // An agent claims its partition once in a life.
        int most = point.EndsWith("@claim", StringComparison.Ordinal) ? host.Agents.Length : hasCloud ? MostPassesOfCloud : MostPasses;
        return string.Create(CultureInfo.InvariantCulture, $"{point}:{random.Next(1, most + 1)}");
    }
}
