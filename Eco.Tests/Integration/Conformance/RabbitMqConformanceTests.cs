using System.Collections.Concurrent;
using System.Diagnostics;
using Eco.Host.Fleet;
using Eco.Runtime.Cluster;
using Eco.Runtime.Cluster.RabbitMq;
using Eco.Tests.Cluster.RabbitMq;
using Eco.Tests.Persistence.Contracts;
using NUnit.Framework;

namespace Eco.Tests.Integration.Conformance;

/// <summary>On three real nodes, each in a network namespace of its own. Where RabbitMQ or the rights are missing they fail, and say what to do.</summary>
[Category("Slow")]
[Category("Cluster")]
public sealed class RabbitMqConformanceTests : BrokerConformance
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static readonly string[] s_members = ["node-1", "node-2", "node-3"];

    private string _folder = null!;
    private FleetNetwork _network = null!;
    private BrokerCluster _cluster = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _folder = Path.Combine(Path.GetTempPath(), "eco-conformance-" + Environment.ProcessId);
        _network = await FleetNetwork.NamespacesAsync(_folder, s_members);
        _cluster = await BrokerCluster.StartAsync(Path.Combine(_folder, "brokers"), 3, TimeProvider.System, [.. s_members.Select(_network.PlaceOf)]);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        await FleetNetwork.RemoveAsync(_folder);
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Fault row 3: a host's node is killed, and it goes on at another.</summary>
    [Test]
    public async Task Transport_WhenItsNodeIsKilled_IsConfirmedByAnotherWithinTwoSeconds()
    {
        await using var world = new World(_cluster);
        var receiver = new LoadReceiver(world.At("b"), "b", "failover", SubscriptionMode.SingleActive);
        receiver.Subscribe();
        await ConfirmedAsync(world, "failover");

        // A busy machine can delay a takeover for reasons of its own, but not each time.
        var limit = TimeSpan.FromSeconds(2);
        TimeSpan fastest = TimeSpan.MaxValue;
        for (int kill = 0; kill < 3 && fastest >= limit; kill++)
        {
            BrokerNode node = NodeOf(world);
            long start = Stopwatch.GetTimestamp();
            await node.KillAsync();
            await ConfirmedAsync(world, "failover");
            TimeSpan confirmed = Stopwatch.GetElapsedTime(start);
            Assert.That(NodeOf(world), Is.Not.SameAs(node));
            TestContext.Out.WriteLine($"confirmed by another node {confirmed.TotalMilliseconds:0} ms after the kill");
            fastest = confirmed < fastest ? confirmed : fastest;
            node.Start();
            await node.ReadyAsync();
        }

        Assert.That(fastest, Is.LessThan(limit));
    }

    /// <summary>Fault row 17: a host whose node is cut off from the others gets no confirms there, and leaves it.</summary>
    [Test]
    public async Task Transport_WhenItsNodeIsInTheMinority_MovesToTheMajorityAndLosesNothing()
    {
        await using var world = new World(_cluster);
        var receiver = new LoadReceiver(world.At("b"), "b", "minority", SubscriptionMode.SingleActive);
        var sender = new LoadSender(world.At("a"), "minority", 16);
        await DriveAsync(() => sender.Confirmed >= 200, 200);
        TimeSpan gap;
        BrokerNode node = NodeOf(world);
        string alone = $"node-{node.Number}";
        await using (await _network.SeparateAsync($"{alone} | others", [alone], [.. s_members.Except([alone])]))
        {
            long start = Stopwatch.GetTimestamp();
            await DriveAsync(() => sender.Confirmed >= 600, 600);
            gap = Stopwatch.GetElapsedTime(start);
            Assert.That(NodeOf(world), Is.Not.SameAs(node));
            Assert.That(world.EventsOf<PublishUnknown>(), Is.Not.Empty);
        }

        await DriveAsync(() => sender.Confirmed == 1000 && receiver.Received.Count == 1000, 1000);
        await node.RestartAsync();

        TestContext.Out.WriteLine($"400 more confirmed {gap.TotalSeconds:0.0} s after the cut; {sender.Results}");
        Assert.That(receiver.Received.Keys, Is.EqualTo(Enumerable.Range(1, 1000)));

        Task DriveAsync(Func<bool> condition, int limit) => world.UntilAsync(
            "the load goes on",
            () =>
            {
                receiver.Subscribe();
                sender.Push(limit);
                return condition();
            },
            () => $"{sender.Confirmed} confirmed, {receiver.Received.Count} received; {sender.Results}");
    }

    protected override Task<ConformanceWorld> CreateWorldAsync() => Task.FromResult<ConformanceWorld>(new World(_cluster));

    /// <summary>The node by which host a publishes.</summary>
    private BrokerNode NodeOf(World world) => _cluster.Nodes.Single(node => node.Place.Address == world.StatusOf("a").Endpoint?.Host);

    private static async Task ConfirmedAsync(World world, string address)
    {
        TransportResult? result = null;
        for (long number = 1; result != TransportResult.Confirmed; number++)
        {
            Assert.That(number, Is.LessThan(100_000), $"{world.StatusOf("a")} answers {result}");
            var outcome = new RecordingRef("outcome");
            TestBroker.Send(world.At("a"), outcome, number, address);
            await world.UntilAsync("it is answered", () => outcome.Messages.Count > 0);
            result = ((TransportOutcome)outcome.Messages[0]).Result;
        }
    }

    private sealed class World : ConformanceWorld
    {
        private readonly BrokerCluster _cluster;
        private readonly ConcurrentQueue<BrokerEvent> _events = new();
        private readonly SortedDictionary<string, RabbitMqTransport> _transports = new(StringComparer.Ordinal);

        public World(BrokerCluster cluster)
        {
            _cluster = cluster;
            foreach (string host in (string[])["a", "b", "c"])
            {
                _transports.Add(host, TestBroker.Open(cluster, host, options => options with
                {
                    ControlCapacity = ControlCapacity,
                    DeliveryLimit = DeliveryLimit,
                    ConfirmTimeout = TimeSpan.FromSeconds(2),
                    Observe = _events.Enqueue,
                }));
            }
        }

        public override int Load => 3000;

        public override TransportResult FirstInAlarm => TransportResult.Unknown;

        public BrokerStatus StatusOf(string host) => _transports[host].Status;

        public IEnumerable<T> EventsOf<T>() => _events.OfType<T>();

        public override ITransport At(string host) => _transports[host];

        public override Task UntilAsync(string what, Func<bool> condition, Func<string>? seen = null) =>
            Eventually.HoldsAsync(what, condition, () => $"{seen?.Invoke()}; {string.Join("; ", _events.TakeLast(12))}", Deadline);

        public override async Task SettleAsync()
        {
            await UntilAsync("nothing is under way", () => _transports.Values.All(transport => transport.IsIdle));

            // What was written before a question was read before it.
            foreach (RabbitMqTransport transport in _transports.Values)
            {
                var asker = new RecordingRef("asker");
                transport.Inspect(new InspectQueues(1, [RabbitMqNames.ParkedQueue]), asker);
                await UntilAsync("it is answered", () => asker.Messages.Count > 0);
            }
        }

        public override async Task DisconnectAsync(string host)
        {
            foreach (BrokerNode node in _cluster.Nodes.Where(node => node.IsAlive))
            {
                await TestBroker.DisconnectAsync(_cluster, node, host);
            }
        }

        public override Task AlarmAsync(bool isOn) => _cluster.CallAsync(
            _cluster.Nodes[0], $"rabbit_disk_monitor set_disk_free_limit [{(isOn ? "9000000000000000" : "50000000")}]");

        public override Task KillLeaderAsync() => _cluster.Nodes[0].KillAsync();

        public override async Task RestoreAsync()
        {
            _cluster.Nodes[0].Start();
            await _cluster.Nodes[0].ReadyAsync();
        }

        public override async ValueTask DisposeAsync()
        {
            foreach (RabbitMqTransport transport in _transports.Values)
            {
                await transport.DisposeAsync();
            }
        }
    }
}
