using System.Globalization;
using Eco.Host.Campaigns.Oracles;
using Eco.Host.Campaigns.Workload;
using Eco.Runtime.Dispatch;
using Eco.Runtime.Simulation;

namespace Eco.Host.Campaigns.Faults;

/// <summary>Carries out a plan's faults on a cluster, notes which states they met, and undoes what lasts.</summary>
internal sealed class FaultInjector(CampaignPlan plan, CampaignCluster cluster, CampaignClient client, PoisonOracle poison)
{
    private static readonly TimeSpan FlapEvery = TimeSpan.FromSeconds(2);
    private bool _isOver;

    private IEnumerable<string> Nodes => World.Hosts.Keys.Append(SimulatedBroker.Node);

    /// <summary>What met what.</summary>
    public FaultTable Table { get; } = new();

    private SimulatedWorld World => cluster.World;

    /// <summary>Plans all faults, from now on.</summary>
    public void Start()
    {
        foreach (PlannedFault fault in plan.Faults)
        {
            After(fault.At, fault.Kind.ToString(), () => Begin(fault));
        }
    }

    /// <summary>Undoes everything: links are whole and good, disks work, every host runs.</summary>
    public void HealAll()
    {
        _isOver = true;
        World.CrashPoints.Disarm();
        World.Network.HealAll();
        World.Network.ConfigureAll(plan.Settings.GoodLink);
        World.Broker.Faults = SimulatedBrokerFaults.None with { DetectionAtMost = plan.Settings.Broker.DetectionAtMost };
        World.Broker.IsAlarmed = false;
        foreach (SimulatedHost host in World.Hosts.Values)
        {
            bool broken = host.Disk.Fault != DiskFault.None || host.Disk.LosesNextOutcome || cluster.IsBroken(host.Id);
            host.Disk.Fault = DiskFault.None;
            host.Disk.LosesNextOutcome = false;
            host.ClockDriftPartsPerMillion = 0;
            host.StepTime = TimeSpan.Zero;
            if (host.IsPaused)
            {
                host.Resume();
            }

            if (broken || !host.IsUp)
            {
                cluster.Crash(host.Id);
                host.Restart();
            }
        }
    }

    private void Begin(PlannedFault fault)
    {
        if (_isOver)
        {
            return;
        }

        Meet(fault);
        switch (fault.Kind)
        {
            case FaultKind.AgentCrash or FaultKind.ServerCrash:
                Crash(fault.Target, fault.For);
                break;
            case FaultKind.CrashPoint:
                World.CrashPoints.Arm(fault.Target, fault.Detail, occurrence: (int)fault.Amount, restartAfter: Milliseconds(fault.For));
                break;
            case FaultKind.Reinstall:
                cluster.Reinstall(fault.Target);
                break;
            case FaultKind.DiskFull:
                Break(fault, DiskFault.Full);
                break;
            case FaultKind.DiskError:
                Break(fault, DiskFault.InputOutputError);
                break;
            case FaultKind.LostOutcome:
                World.Hosts[fault.Target].Disk.LosesNextOutcome = true;
                break;
            case FaultKind.ClockJump:
                World.Hosts[fault.Target].ClockSkew = TimeSpan.FromSeconds(fault.Amount);
                break;
            case FaultKind.ClockDrift:
                World.Hosts[fault.Target].ClockDriftPartsPerMillion = fault.Amount;
                break;
            case FaultKind.Cut:
                World.Network.Isolate(fault.Target);
                Lasts(fault, () => Rejoin(fault.Target));
                break;
            case FaultKind.CutOneWay:
                (string from, string to) = fault.Amount == 0 ? (fault.Target, fault.Detail) : (fault.Detail, fault.Target);
                World.Network.CutOneWay(from, to);
                Lasts(fault, () => World.Network.Heal(from, to));
                break;
            case FaultKind.Flapping:
                Flap(fault, World.Clock.Elapsed + Milliseconds(fault.For));
                break;
            case FaultKind.Swizzle:
                Swizzle(fault);
                break;
            case FaultKind.Loss or FaultKind.Duplication or FaultKind.Reordering or FaultKind.SlowLink:
                Degrade(fault);
                break;
            case FaultKind.SlowHost:
                World.Hosts[fault.Target].StepTime = Milliseconds(fault.Amount);
                Lasts(fault, () => World.Hosts[fault.Target].StepTime = TimeSpan.Zero);
                break;
            case FaultKind.Pause:
                Pause(fault);
                break;
            case FaultKind.Disconnect:
                World.Broker.Disconnect(fault.Target);
                break;
            case FaultKind.BadBroker:
                World.Broker.Faults = Worse(fault.Amount / 100.0);
                Lasts(fault, () => World.Broker.Faults = plan.Settings.Broker);
                break;
            case FaultKind.Alarm:
                World.Broker.IsAlarmed = true;
                Lasts(fault, () => World.Broker.IsAlarmed = false);
                break;
            case FaultKind.Poison:
                client.SendPoison(fault.Target, poison);
                break;
            case FaultKind.Malformed:
                client.SendMalformed(fault.Target, (int)fault.Amount);
                break;
            case FaultKind.BadIon:
                client.SubmitBad((int)fault.Amount);
                break;
            case FaultKind.Replay:
                client.Replay(fault.Target, (int)fault.Amount);
                break;
            default:
                throw new InvalidOperationException($"no way to carry out {fault.Kind}");
        }
    }

    private void Meet(PlannedFault fault)
    {
        foreach (string state in cluster.StatesOf(fault.Target))
        {
            Table.Hit(fault.Kind, state);
        }
    }

    private void Crash(string host, long forMilliseconds)
    {
        if (World.Hosts[host].IsUp)
        {
            cluster.Crash(host);
            World.Hosts[host].RestartAfter(Milliseconds(forMilliseconds));
        }
    }

    private void Pause(PlannedFault fault)
    {
        SimulatedHost host = World.Hosts[fault.Target];
        if (!host.IsUp || host.IsPaused)
        {
            return;
        }

        int start = host.Incarnation;
        host.Pause();
        Lasts(fault, () =>
        {
            if (host.IsUp && host.IsPaused && host.Incarnation == start)
            {
                host.Resume();
            }
        });
    }

    private SimulatedBrokerFaults Worse(double probability) => plan.Settings.Broker with
    {
        ConfirmLoss = probability,
        PublishLoss = probability,
        Duplication = probability,
        SubscriptionLoss = probability / 20,
        Alarm = probability / 100,
    };

    private void Break(PlannedFault fault, DiskFault kind)
    {
        SimulatedHost host = World.Hosts[fault.Target];
        host.Disk.Fault = kind;
        Lasts(fault, () =>
        {
            host.Disk.Fault = DiskFault.None;
        });
    }

    private void Rejoin(string host)
    {
        foreach (string other in Nodes.Where(other => other != host))
        {
            World.Network.Heal(host, other);
        }
    }

    private void Flap(PlannedFault fault, TimeSpan until)
    {
        if (_isOver || World.Clock.Elapsed >= until)
        {
            World.Network.Heal(fault.Target, fault.Detail);
            return;
        }

        if (World.Network.IsCut(fault.Target, fault.Detail))
        {
            World.Network.Heal(fault.Target, fault.Detail);
        }
        else
        {
            World.Network.Cut(fault.Target, fault.Detail);
        }

        World.Schedule(FlapEvery, "flap", () => Flap(fault, until));
    }

    // Links are stopped one after the other, and restarted in another order: each pair of hosts is parted from the rest for a different time.
    private void Swizzle(PlannedFault fault)
    {
        Random random = new SeededRandomSource(plan.Settings.Seed).Stream(string.Create(CultureInfo.InvariantCulture, $"swizzle {fault.At}"));
        string[] hosts = [.. Nodes];
        random.Shuffle(hosts);
        string[] chosen = hosts[..Math.Min(hosts.Length, (int)fault.Amount)];
        long half = Math.Max(1, fault.For / 2);
        foreach (string host in chosen)
        {
            After(random.NextInt64(half), "swizzle.stop", () => Unless(() => World.Network.Isolate(host)));
            After(half + random.NextInt64(half), "swizzle.restart", () => Unless(() => Rejoin(host)));
        }
    }

    private void Degrade(PlannedFault fault)
    {
        LinkOptions bad = fault.Kind switch
        {
            FaultKind.Loss => plan.Settings.BadLink with { Loss = fault.Amount / 100.0 },
            FaultKind.Duplication => plan.Settings.BadLink with { Duplication = fault.Amount / 100.0 },
            FaultKind.Reordering => plan.Settings.BadLink with { Reordering = fault.Amount / 100.0, ReorderingDelay = TimeSpan.FromSeconds(1) },
            _ => plan.Settings.BadLink with { BandwidthBytesPerSecond = fault.Amount * 125.0 },
        };
        Configure(fault.Target, bad);
        Lasts(fault, () => Configure(fault.Target, plan.Settings.BadLink));
    }

    private void Configure(string host, LinkOptions link) => World.Network.ConfigureBoth(host, SimulatedBroker.Node, link);

    private void Lasts(PlannedFault fault, Action undo) => After(fault.For, fault.Kind + ".end", () => Unless(undo));

    private void Unless(Action action)
    {
        if (!_isOver)
        {
            action();
        }
    }

    private void After(long milliseconds, string what, Action action) => World.Schedule(Milliseconds(milliseconds), what, action);

    private static TimeSpan Milliseconds(long value) => TimeSpan.FromMilliseconds(value);
}
