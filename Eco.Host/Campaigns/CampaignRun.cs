using System.Globalization;
using Eco.Host.Campaigns.Faults;
using Eco.Host.Campaigns.Oracles;
using Eco.Host.Campaigns.Workload;
using Eco.Runtime.Cluster;
using Eco.Runtime.Simulation;

namespace Eco.Host.Campaigns;

/// <summary>
/// One seed: a cluster under load, a safety phase with faults, a liveness phase without, and the oracles over all of it. Everything happens on
/// one thread in a world of its own.
/// </summary>
internal sealed class CampaignRun : IDisposable
{
    /// <summary>No run is shorter, in handled events.</summary>
    public const long LeastEvents = 30_000;

    private const int EventsBetweenLooks = 1_000;
    private static readonly TimeSpan ConvergesWithin = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan LooksEvery = TimeSpan.FromSeconds(1);
    private readonly CampaignPlan _plan;
    private readonly CampaignCluster _cluster;
    private readonly ExactlyOnceOracle _messages = new();
    private readonly CommandOracle _commands = new();
    private readonly PoisonOracle _poison = new();
    private readonly CampaignClient _client;
    private readonly FaultInjector _faults;
    private long _nextLook = EventsBetweenLooks;
    private int _actors;

    private CampaignRun(CampaignPlan plan, CampaignSeams seams)
    {
        _plan = plan;
        _cluster = new CampaignCluster(plan.Settings, seams, cluster =>
        [
            _messages,
            _commands,
            _poison,
            new JournalOracle(),
            new StatisticsOracle(
                agent => cluster.World.Hosts[agent].StatisticsStorage, () => cluster.World.Hosts[cluster.Servers[0]].StatisticsStorage),
            new RoundOracle(plan.Settings.Quorum, plan.Settings.FoldsLate),
            new BoundsOracle(() => cluster.World.PendingEvents, () => Enumerable.Range(0, plan.Settings.Partitions).Max(n => cluster.World.Broker.WaitingAt(EntityAddress.OfPartition(n)))),
            new ReplayOracle(cluster.WatchOf, cluster.DatabaseOf, () => cluster.World.Hosts.Keys),
        ]);
        _client = new CampaignClient(plan.Settings, _cluster, _commands);
        _faults = new FaultInjector(plan, _cluster, _client, _poison);
    }

    private SimulatedWorld World => _cluster.World;

    /// <summary>Runs a plan to its end, or to the first broken promise.</summary>
    public static CampaignResult Run(CampaignPlan plan, CampaignSeams seams)
    {
        ArgumentNullException.ThrowIfNull(plan);
        using var run = new CampaignRun(plan, seams);
        string? failure = null;
        string story = string.Empty;
        try
        {
            failure = run.Play();
            if (failure is not null)
            {
                story = string.Join(Environment.NewLine, run.World.TraceTail);
            }
        }
        catch (SimulationFailedException e)
        {
            failure = run._cluster.Violation ?? $"a step of the run threw {e.InnerException?.GetType().Name}: {e.InnerException?.Message}";
            story = e.ToString();
        }

        return new CampaignResult(
            plan, failure, story, run.World.EventsHandled, run._actors, run.World.Clock.Elapsed, run.World.TraceHash, run._faults.Table);
    }

    /// <inheritdoc/>
    public void Dispose() => _cluster.Dispose();

    private string? Play()
    {
        _client.Start();
        _faults.Start();
        if (Breaks(TimeSpan.FromSeconds(_plan.Settings.SafetySeconds)))
        {
            return _cluster.Violation;
        }

        _actors = _cluster.Actors;
        _faults.HealAll();
        TimeSpan limit = World.Clock.Elapsed + ConvergesWithin;
        while (Unsettled() is { } reason)
        {
            if (World.Clock.Elapsed >= limit)
            {
                return string.Create(
                    CultureInfo.InvariantCulture, $"I10 convergence: {ConvergesWithin.TotalSeconds:F0} s after the last fault {reason}");
            }

            if (Breaks(LooksEvery))
            {
                return _cluster.Violation;
            }
        }

        while (World.EventsHandled < LeastEvents)
        {
            if (Breaks(LooksEvery))
            {
                return _cluster.Violation;
            }
        }

        _cluster.Ask(oracle => oracle.Ended());
        return _cluster.Violation;
    }

    /// <summary>Why the cluster has not come to rest; null when it has.</summary>
    private string? Unsettled()
    {
        if (!_client.IsDone)
        {
            return "a command is not accepted";
        }

        if (!_commands.AreAllCompleted)
        {
            return "an ION is not completed";
        }

        if (_messages.Outstanding > 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{_messages.Outstanding} messages are not acknowledged: {_messages.Describe()}");
        }

        SimulatedHost? behind = World.Hosts.Values.FirstOrDefault(host =>
            !_cluster.Servers.Contains(host.Id) && host.StatisticsStorage.BufferedAfter(0) > 0);
        return behind is null ? null : $"{behind.Id} has statistics that the server has not";
    }

    private bool Breaks(TimeSpan duration) => World.TryRunUntil(IsBroken, duration);

    private bool IsBroken()
    {
        if (World.EventsHandled >= _nextLook)
        {
            _nextLook += EventsBetweenLooks;
            _cluster.Ask(static oracle => oracle.Thousand());
        }

        return _cluster.Violation is not null;
    }
}
