using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Eco.Host.Campaigns.Workload;
using Eco.Host.Composition.Simulated;
using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;
using Eco.Runtime.Simulation;
using Eco.Schedulers.Placement;

namespace Eco.Host.Benchmarks.Cluster;

/// <summary>
/// Many agents and one server in the simulated world: how long it takes from an agent's handing its heartbeat to the transport until its proxy has handled it. Each step of an
/// actor of the server takes its time, one after the other, so that a server with too much to do is late.
/// </summary>
internal sealed class SimulatedHeartbeats : ISimulationObserver
{
    /// <summary>What a step of the server's actors takes: more than ten times what it takes for real on a slow core, so as to leave room for what the simulation leaves out.</summary>
    public static readonly TimeSpan StepTime = TimeSpan.FromMicroseconds(50);

    private const string ProxyActor = "/proxy~";
    private static readonly byte[] Manifest = "\"agent.heartbeat/1\""u8.ToArray();
    private readonly Dictionary<string, TimeSpan> _sent = new(StringComparer.Ordinal);
    private readonly HashSet<string> _arrived = new(StringComparer.Ordinal);
    private readonly HashSet<string> _heard = new(StringComparer.Ordinal);
    private readonly List<double> _milliseconds = [];
    private SimulatedWorld? _world;
    private bool _measures;

    private SimulatedHeartbeats()
    {
    }

    /// <summary>Runs it.</summary>
    /// <param name="agents">How many agents.</param>
    /// <param name="measured">So much virtual time is measured, after all have joined and a heartbeat of each was handled.</param>
    /// <param name="seed">Decides every interleaving.</param>
    /// <exception cref="SimulationTimeoutException">Not all have joined in ten virtual minutes.</exception>
    public static HeartbeatFigures Run(int agents, TimeSpan measured, ulong seed)
    {
        long start = Stopwatch.GetTimestamp();
        var heartbeats = new SimulatedHeartbeats();
        using var cluster = new SimulatedCluster(seed, new SimulatedClusterOptions
        {
            Agents = [],
            HasTimeline = false,
            Ports = heartbeats.Observe,
        });
        heartbeats._world = cluster.World;
        cluster.World.Observer = heartbeats;

        // As machines are switched on: not all in the same instant.
        for (int i = 0; i < agents; i++)
        {
            AgentProfile profile = ProfileOf(i);
            cluster.World.Schedule(TimeSpan.FromMilliseconds(2 * i), "switch on", () => cluster.AddAgent(profile));
        }

        cluster.World.Hosts[SimulatedCluster.ServerName].StepTime = StepTime;
        cluster.World.RunUntil(() => heartbeats._heard.Count == agents, TimeSpan.FromMinutes(10), () => $"{heartbeats._heard.Count} of {agents} agents were heard of");
        heartbeats._measures = true;
        cluster.World.RunFor(measured);
        ImmutableArray<double> sorted = [.. heartbeats._milliseconds.Order()];
        return new HeartbeatFigures(
            heartbeats._heard.Count,
            sorted.Length,
            At(sorted, 0.5),
            At(sorted, 0.99),
            sorted.IsEmpty ? double.NaN : sorted[^1],
            cluster.World.EventsHandled,
            Stopwatch.GetElapsedTime(start));
    }

    /// <inheritdoc/>
    public void Handled(SimulatedHost host, IActorRef actor)
    {
        if (host.Id != SimulatedCluster.ServerName || _arrived.Count == 0)
        {
            return;
        }

        string path = actor.Path.Address;
        int at = path.LastIndexOf(ProxyActor, StringComparison.Ordinal);
        if (at < 0 || !_arrived.Remove(path[(at + ProxyActor.Length)..]))
        {
            return;
        }

        string agent = path[(at + ProxyActor.Length)..];
        _heard.Add(agent);
        if (_sent.Remove(agent, out TimeSpan sent) && _measures)
        {
            _milliseconds.Add((_world!.Clock.Elapsed - sent).TotalMilliseconds);
        }
    }

    /// <inheritdoc/>
    public void Delivered(SimulatedHost host, TransportDelivery delivery)
    {
        if (host.Id == SimulatedCluster.ServerName && delivery.Frame.AsSpan().IndexOf(Manifest) >= 0)
        {
            string from = FrameCodec.Decode(delivery.Frame).From;
            _arrived.Add(from.Split('/')[1]);
        }
    }

    /// <inheritdoc/>
    public void Started(SimulatedHost host)
    {
    }

    /// <inheritdoc/>
    public void Crashed(SimulatedHost host)
    {
    }

    private static double At(ImmutableArray<double> sorted, double share) =>
        sorted.IsEmpty ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];

    private static AgentProfile ProfileOf(int index)
    {
        string number = index.ToString(CultureInfo.InvariantCulture);
        return new AgentProfile($"edge-{number}", $"site-{number}", "edge", ImmutableSortedDictionary<string, string>.Empty, [], ["online"]);
    }

    private SimulatedPorts Observe(SimulatedHost host, SimulatedPorts ports) => host.Id == SimulatedCluster.ServerName
        ? ports
        : ports with
        {
            Transport = new ObservedTransport(ports.Transport, send =>
            {
                if (send.Lane == TransportLane.Telemetry && send.Frame.AsSpan().IndexOf(Manifest) >= 0)
                {
                    // One that is not handled before the next is sent stays the older: it only gets later.
                    _sent.TryAdd(host.Id, host.World.Clock.Elapsed);
                }
            }),
        };
}
