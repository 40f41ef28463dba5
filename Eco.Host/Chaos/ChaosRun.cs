using System.Collections.Immutable;
using System.Globalization;
using Eco.Host.Composition;
using Eco.Host.Campaigns.Workload;
using Eco.Host.Fleet;
using Eco.Host.Output;

namespace Eco.Host.Chaos;

/// <summary>One run: starts a fleet, loads it, lets things befall it, heals everything, waits until it rests, and checks the journals.</summary>
internal sealed class ChaosRun
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RestWithin = TimeSpan.FromMinutes(5);

    // A statistic a second from each pipeline, and contact that notices faults of seconds.
    private const string Settings = """
          contact { heartbeat-every = 2s, unreachable-after = 8s, statistics-every = 1s, join-every = 1s }
        """;

    private readonly ChaosOptions _options;
    private readonly EcoFleet _fleet;
    private readonly ChaosLog _log;
    private readonly TimeProvider _time;
    private readonly ImmutableArray<ChaosClient> _clients;
    private readonly Random _random;

    private ChaosRun(ChaosOptions options, EcoFleet fleet, TimeProvider time, Action<string> say)
    {
        _options = options;
        _fleet = fleet;
        _time = time;
        _log = new ChaosLog(time, say);
        _random = new Random(options.Seed);
        _clients = [.. Enumerable.Range(0, ChaosOptions.Ions).Select(ion => new ChaosClient(ion, fleet, _log, new Random(_random.Next()), time))];
    }

    /// <summary>Makes a run.</summary>
    /// <param name="options">What it is made of.</param>
    /// <param name="folder">Where its fleet keeps everything; removed where all goals are met.</param>
    /// <param name="time">The clock.</param>
    /// <param name="say">Told what happens.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>The figures.</returns>
    public static async Task<FiguresReport> RunAsync(ChaosOptions options, string folder, TimeProvider time, Action<string> say, CancellationToken stop)
    {
        var shape = new FleetShape(ChaosOptions.Brokers, ChaosOptions.Servers, ChaosOptions.Agents, ChaosOptions.AgentsPerHost, Isolated: true);
        EcoFleet fleet = await EcoFleet.OpenAsync(folder, shape, time, Settings, stop).ConfigureAwait(false);
        var run = new ChaosRun(options, fleet, time, say);
        bool isGood = false;
        try
        {
            await fleet.StartAsync(run._log.Say, stop).ConfigureAwait(false);
            FiguresReport report = await run.RunAsync(stop).ConfigureAwait(false);
            isGood = report.ExitCode == 0;
            return report;
        }
        finally
        {
            await fleet.KillAsync().ConfigureAwait(false);
            if (isGood)
            {
                EcoFleet.Remove(folder);
            }
            else
            {
                say($"logs and journals are kept in '{folder}': 'eco down --remove --state {folder}' removes them");
            }
        }
    }

    private async Task<FiguresReport> RunAsync(CancellationToken stop)
    {
        var database = new ChaosDatabase(_fleet.Postgres, _time);
        await using (database.ConfigureAwait(false))
        {
            var agents = new AgentNemesis(_fleet, _log, new Random(_random.Next()), _time);
            var cluster = new ClusterNemesis(_fleet, database, _log, new Random(_random.Next()), _time);
            using var ended = new CancellationTokenSource(TimeSpan.FromMinutes(_options.Minutes), _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ended.Token, stop);
            Task[] load = [.. _clients.Select(client => client.RunAsync(ended.Token, stop))];
            Task[] whileFaulty = [agents.RunAsync(either.Token), cluster.RunAsync(either.Token), ProgressAsync(database, either.Token)];
            await Task.WhenAll(whileFaulty.Select(task => UntilEndedAsync(task, ended.Token))).ConfigureAwait(false);
            await HealAsync(stop).ConfigureAwait(false);
            await Task.WhenAll(load).ConfigureAwait(false);
            await Task.WhenAll(_clients.Select(client => client.RestAsync(stop))).ConfigureAwait(false);
            await RestAsync(database, stop).ConfigureAwait(false);
            ChaosJournals journals = await ChaosJournals.ReadAsync(_fleet, database, stop).ConfigureAwait(false);
            return Report(journals);
        }
    }

    private async Task ProgressAsync(ChaosDatabase database, CancellationToken ended)
    {
        while (true)
        {
            await Polling.PauseAsync(ProgressEvery, _time, ended).ConfigureAwait(false);
            long booked = await ChaosJournals.BookedByServersAsync(database, ended).ConfigureAwait(false);
            _log.Say(string.Create(CultureInfo.InvariantCulture, $"{booked} messages from agents are booked, {_log.Kills} kills so far"));
        }
    }

    // The end of the faults is no failure.
    private static async Task UntilEndedAsync(Task nemesis, CancellationToken ended)
    {
        try
        {
            await nemesis.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // What it did last is undone below.
            return;
        }
    }

    private async Task HealAsync(CancellationToken stop)
    {
        _log.Say("the faults are over: everything is healed");
        await _fleet.Network.HealAsync().ConfigureAwait(false);
        foreach (BrokerNode node in _fleet.Brokers.Nodes)
        {
            node.Resume();
        }

        await _fleet.Brokers.StartAsync(stop).ConfigureAwait(false);
        _fleet.Postgres.Start();
        await _fleet.Postgres.ReadyAsync(stop).ConfigureAwait(false);

        // Some live with a crash point that they have not reached: they end here, and live on without one.
        foreach (HostNode host in _fleet.Servers.Concat(_fleet.AgentHosts))
        {
            host.Resume();
            await host.KillAsync().ConfigureAwait(false);
            host.Start();
        }

        await _fleet.AgentsJoinedAsync(_log.Say, stop).ConfigureAwait(false);
        _log.Say("all agents have joined");
    }

    private async Task RestAsync(ChaosDatabase database, CancellationToken stop)
    {
        long waiting = -1;
        try
        {
            await Polling.UntilAsync(
                "every message is acknowledged",
                async () => (waiting = await ChaosJournals.OutstandingAsync(_fleet, database, stop).ConfigureAwait(false)) == 0,
                RestWithin,
                _time,
                stop,
                () => waiting.ToString(CultureInfo.InvariantCulture) + " messages wait").ConfigureAwait(false);
        }
        catch (TimeoutException late)
        {
            // What is still on its way counts as lost: the faults were over long before.
            _log.Say(late.Message);
        }
    }

    private FiguresReport Report(ChaosJournals journals)
    {
        ImmutableSortedDictionary<string, ImmutableArray<ClientCommand>> given =
            _clients.ToImmutableSortedDictionary(client => client.Ion, client => client.Given.ToImmutableArray(), StringComparer.Ordinal);
        ChaosFindings findings = ChaosChecker.Check(journals, given);
        foreach (string remark in findings.Remarks)
        {
            _log.Say("FOUND: " + remark);
        }

        string[] crashes = [.. _fleet.Servers.Concat(_fleet.AgentHosts).SelectMany(CrashesOf)];
        return ChaosReport.Of(
            _options,
            _log.Faults,
            _log.Kills + crashes.Length,
            crashes.Distinct(StringComparer.Ordinal).Count(),
            findings,
            journals.ServerEvents.ToLookup(e => e.Partition));
    }

    private static IEnumerable<string> CrashesOf(HostNode host) => File.ReadLines(host.LogFile)
        .Where(line => line.StartsWith(ProcessCrashPoints.Notice, StringComparison.Ordinal))
        .Select(line => line[ProcessCrashPoints.Notice.Length..]);
}
