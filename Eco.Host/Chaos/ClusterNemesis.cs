using System.Collections.Immutable;
using System.Globalization;
using Eco.Host.Fleet;
using Eco.Runtime.Cluster;

namespace Eco.Host.Chaos;

/// <summary>
/// What befalls servers and brokers, one fault at a time, each healed before the next: SIGKILL, an end at a crash point, SIGSTOP, cuts in both
/// directions and in one, and the four shapes of Jepsen's tests between the broker nodes.
/// </summary>
internal sealed class ClusterNemesis(EcoFleet fleet, ChaosDatabase database, ChaosLog log, Random random, TimeProvider time)
{
    private static readonly string[] ServerFaults = ["server-kill", "server-cut", "server-crash", "server-pause", "server-crash", "server-one-way"];
    private static readonly string[] BrokerFaults = ["broker-kill", "broker-pause", "database-kill"];
    private static readonly TimeSpan TakenOverWithin = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan BalancedWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan CrashWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BrokerWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BetweenFaults = TimeSpan.FromSeconds(2);

    // Long enough for the broker to notice by missed heartbeats, and for a commit under the new epoch.
    private static readonly TimeSpan CutFor = TimeSpan.FromSeconds(20);
    private readonly Queue<string> _points = new(Shuffled(CrashPointCatalogue.Server, random));

    /// <summary>Injects faults until it is told to end.</summary>
    public async Task RunAsync(CancellationToken ended)
    {
        // The first ones are those that every run needs; what follows is in a random order, all of them before one comes again.
        var plan = new Queue<string>(["server-kill", "server-cut", "broker-kill", "partition-" + PartitionShape.Names[random.Next(PartitionShape.Names.Length)]]);
        while (!ended.IsCancellationRequested)
        {
            if (!plan.TryDequeue(out string? kind))
            {
                plan = new Queue<string>(Rounds());
                continue;
            }

            await BalancedAsync(ended).ConfigureAwait(false);
            await FaultAsync(kind, ended).ConfigureAwait(false);
            await Polling.PauseAsync(BetweenFaults, time, ended).ConfigureAwait(false);
        }
    }

    private static string[] Shuffled(IEnumerable<string> items, Random random)
    {
        string[] order = [.. items];
        random.Shuffle(order);
        return order;
    }

    // Servers and brokers in turn.
    private IEnumerable<string> Rounds()
    {
        string[] servers = Shuffled(ServerFaults, random);
        string[] brokers = Shuffled([.. BrokerFaults, .. PartitionShape.Names.Select(shape => "partition-" + shape)], random);
        return servers.Zip(brokers).SelectMany(pair => (IEnumerable<string>)[pair.First, pair.Second]).Concat(brokers.Skip(servers.Length));
    }

    private Task FaultAsync(string kind, CancellationToken ended) => kind switch
    {
        "server-kill" => ServerKillAsync(ended),
        "server-crash" => ServerCrashAsync(ended),
        "server-pause" => ServerPauseAsync(ended),
        "server-cut" => ServerCutAsync(kind, server => fleet.Network.UnplugAsync(server.Name), ended),
        "server-one-way" => ServerCutAsync(kind, OneWayAsync, ended),
        "broker-kill" => BrokerKillAsync(ended),
        "database-kill" => DatabaseKillAsync(ended),
        "broker-pause" => BrokerPauseAsync(ended),
        _ => PartitionAsync(kind["partition-".Length..], ended),
    };

    private async Task ServerKillAsync(CancellationToken ended)
    {
        (HostNode server, ImmutableArray<(int, long)> owned) = await OwnerAsync(ended).ConfigureAwait(false);
        ChaosFault fault = log.Begin("server-kill", server.Name, Count(owned)) with { Owned = owned };
        await server.KillAsync().ConfigureAwait(false);
        log.Killed();
        await TakenOverAsync(owned, ended).ConfigureAwait(false);
        await Polling.PauseAsync(TimeSpan.FromMilliseconds(random.Next(500, 3000)), time, ended).ConfigureAwait(false);
        server.Start();
        log.End(fault with { Balanced = await BalancedAsync(ended).ConfigureAwait(false) });
    }

    private async Task ServerCrashAsync(CancellationToken ended)
    {
        if (!_points.TryDequeue(out string? point))
        {
            foreach (string again in Shuffled(CrashPointCatalogue.Server, random))
            {
                _points.Enqueue(again);
            }

            point = _points.Dequeue();
        }

        // Not at once: it has to own something first, which another server gives it.
        point = string.Create(CultureInfo.InvariantCulture, $"{point}:{random.Next(1, 30)}");
        (HostNode server, ImmutableArray<(int, long)> owned) = await OwnerAsync(ended).ConfigureAwait(false);
        ChaosFault fault = log.Begin("server-crash", server.Name, point) with { Owned = owned };
        await server.KillAsync().ConfigureAwait(false);
        log.Killed();
        server.Start(point);
        await TakenOverAsync(owned, ended).ConfigureAwait(false);
        log.End(fault);
        ImmutableArray<(int, long)> last = owned;
        try
        {
            await Polling.UntilAsync(
                "the crash",
                async () =>
                {
                    if (!server.IsAlive)
                    {
                        return true;
                    }

                    last = await database.OwnedByAsync(server.Name, ended).ConfigureAwait(false);
                    return false;
                },
                CrashWithin,
                time,
                ended).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            log.Say($"{server.Name} has not reached {point}");
            return;
        }

        last = await database.OwnedByAsync(server.Name, ended).ConfigureAwait(false);
        ChaosFault crashed = log.Begin("server-crashed", server.Name, $"{point}, {Count(last)}") with { Owned = last };
        await TakenOverAsync(last, ended).ConfigureAwait(false);
        server.Start();
        log.End(crashed with { Balanced = await BalancedAsync(ended).ConfigureAwait(false) });
    }

    private async Task ServerPauseAsync(CancellationToken ended)
    {
        (HostNode server, ImmutableArray<(int, long)> owned) = await OwnerAsync(ended).ConfigureAwait(false);
        ChaosFault fault = log.Begin("server-pause", server.Name, Count(owned)) with { Owned = owned };
        server.Pause();
        try
        {
            await TakenOverAsync(owned, ended).ConfigureAwait(false);
        }
        finally
        {
            server.Resume();
        }

        log.End(fault with { Balanced = await BalancedAsync(ended).ConfigureAwait(false) });
    }

    private async Task ServerCutAsync(string kind, Func<HostNode, Task<NetworkCut>> cutting, CancellationToken ended)
    {
        (HostNode server, ImmutableArray<(int, long)> owned) = await OwnerAsync(ended).ConfigureAwait(false);
        ChaosFault fault = log.Begin(kind, server.Name, Count(owned)) with { Owned = owned };
        NetworkCut cut = await cutting(server).ConfigureAwait(false);
        await using (cut.ConfigureAwait(false))
        {
            log.Say(cut.Name);
            await Polling.PauseAsync(CutFor, time, ended).ConfigureAwait(false);
        }

        log.End(fault with { Balanced = await BalancedAsync(ended).ConfigureAwait(false) });
    }

    private Task<NetworkCut> OneWayAsync(HostNode server)
    {
        bool fromServer = random.Next(2) == 0;
        IEnumerable<string> brokers = fleet.Brokers.Nodes.Select(node => EcoFleet.BrokerName(node.Number));
        return fleet.Network.DropAsync(
            fromServer ? $"{server.Name} is not heard by the brokers" : $"the brokers are not heard by {server.Name}",
            brokers.Select(broker => fromServer ? (server.Name, broker) : (broker, server.Name)));
    }

    private async Task BrokerKillAsync(CancellationToken ended)
    {
        // The one that leads some partition's queue, or any.
        string queue = EntityAddress.OfPartition(random.Next(ChaosOptions.Partitions));
        BrokerNode any = fleet.Brokers.Nodes[random.Next(fleet.Brokers.Nodes.Length)];
        BrokerNode node = random.Next(2) == 0 ? await fleet.Brokers.LeaderOfAsync(queue, ended).ConfigureAwait(false) ?? any : any;
        ChaosFault fault = log.Begin("broker-kill", EcoFleet.BrokerName(node.Number));
        await node.KillAsync().ConfigureAwait(false);
        log.Killed();
        await Polling.PauseAsync(TimeSpan.FromSeconds(random.Next(1, 6)), time, ended).ConfigureAwait(false);
        node.Start();
        await BrokersWholeAsync(ended).ConfigureAwait(false);
        log.End(fault);
    }

    private async Task DatabaseKillAsync(CancellationToken ended)
    {
        ChaosFault fault = log.Begin("database-kill", "database");
        await fleet.Postgres.KillAsync().ConfigureAwait(false);
        log.Killed();
        await Polling.PauseAsync(TimeSpan.FromMilliseconds(random.Next(0, 3000)), time, ended).ConfigureAwait(false);
        fleet.Postgres.Start();
        await fleet.Postgres.ReadyAsync(ended).ConfigureAwait(false);
        log.End(fault);
    }

    private async Task BrokerPauseAsync(CancellationToken ended)
    {
        BrokerNode node = fleet.Brokers.Nodes[random.Next(fleet.Brokers.Nodes.Length)];
        ChaosFault fault = log.Begin("broker-pause", EcoFleet.BrokerName(node.Number));
        node.Pause();
        try
        {
            await Polling.PauseAsync(TimeSpan.FromSeconds(random.Next(5, 20)), time, ended).ConfigureAwait(false);
        }
        finally
        {
            node.Resume();
        }

        await BrokersWholeAsync(ended).ConfigureAwait(false);
        log.End(fault);
    }

    private async Task PartitionAsync(string shape, CancellationToken ended)
    {
        ImmutableArray<string> brokers = [.. fleet.Brokers.Nodes.Select(node => EcoFleet.BrokerName(node.Number))];
        ImmutableArray<(string From, string To)> pairs = PartitionShape.Of(shape, brokers, random);
        ChaosFault fault = log.Begin("partition-" + shape, string.Join(' ', pairs.Select(pair => $"{pair.From}-/->{pair.To}")));
        NetworkCut cut = await fleet.Network.DropAsync(shape, pairs).ConfigureAwait(false);
        await using (cut.ConfigureAwait(false))
        {
            await Polling.PauseAsync(TimeSpan.FromSeconds(random.Next(12, 25)), time, ended).ConfigureAwait(false);
        }

        await BrokersWholeAsync(ended).ConfigureAwait(false);
        log.End(fault);
    }

    /// <summary>All nodes answer again. One that does not find back by itself is started anew, as an operator would do.</summary>
    private async Task BrokersWholeAsync(CancellationToken ended)
    {
        foreach (BrokerNode node in fleet.Brokers.Nodes)
        {
            try
            {
                await Polling.UntilAsync($"{node.Name} answers", node.AnswersAsync, BrokerWithin, time, ended).ConfigureAwait(false);
            }
            catch (TimeoutException late)
            {
                log.Say($"{late.Message}: it is started anew");
                await node.RestartAsync(ended).ConfigureAwait(false);
            }
        }
    }

    // The server that owns most: what befalls it is felt.
    private async Task<(HostNode Server, ImmutableArray<(int, long)> Owned)> OwnerAsync(CancellationToken stop)
    {
        foreach (HostNode server in fleet.Servers)
        {
            server.Start();
        }

        (HostNode Server, ImmutableArray<(int, long)> Owned) most = (fleet.Servers[0], []);
        foreach (HostNode server in Order())
        {
            ImmutableArray<(int, long)> owned = await database.OwnedByAsync(server.Name, stop).ConfigureAwait(false);
            most = owned.Length > most.Owned.Length ? (server, owned) : most;
        }

        return most;

        IEnumerable<HostNode> Order() => random.Next(2) == 0 ? fleet.Servers : fleet.Servers.Reverse();
    }

    private async Task TakenOverAsync(ImmutableArray<(int Partition, long Epoch)> owned, CancellationToken ended)
    {
        try
        {
            await Polling.UntilAsync(
                "another server has taken over",
                async () =>
                {
                    ImmutableDictionary<int, long> epochs = await database.EpochsAsync(ended).ConfigureAwait(false);
                    return owned.All(before => epochs.GetValueOrDefault(before.Partition) > before.Epoch);
                },
                TakenOverWithin,
                time,
                ended).ConfigureAwait(false);
        }
        catch (TimeoutException late)
        {
            log.Say(late.Message);
        }
    }

    /// <summary>Waits until each server has its share of the partitions.</summary>
    /// <returns>How long that took; the limit of the wait where they had not by then.</returns>
    private async Task<TimeSpan> BalancedAsync(CancellationToken ended)
    {
        long start = time.GetTimestamp();
        int share = ChaosOptions.Partitions / fleet.Servers.Length;
        try
        {
            await Polling.UntilAsync(
                "each server has its share",
                async () =>
                {
                    foreach (HostNode server in fleet.Servers)
                    {
                        // One whose crash point was not reached in time may reach it at any later time.
                        server.Start();
                        int owned = (await database.OwnedByAsync(server.Name, ended).ConfigureAwait(false)).Length;
                        if (Math.Abs(owned - share) > 1)
                        {
                            return false;
                        }
                    }

                    return true;
                },
                BalancedWithin,
                time,
                ended).ConfigureAwait(false);
        }
        catch (TimeoutException late)
        {
            log.Say(late.Message);
        }

        return time.GetElapsedTime(start);
    }

    private static string Count(ImmutableArray<(int, long)> owned) => string.Create(CultureInfo.InvariantCulture, $"owner of {owned.Length} partitions");
}
