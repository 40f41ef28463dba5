using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;
using Eco.Runtime.Simulation;

namespace Eco.Tests.Cluster;

/// <summary>
/// Server hosts on one simulated database with a broker of its own, and one agent that talks to them: notebooks in all partitions, and what
/// the hosts have published.
/// </summary>
internal sealed class ServerGroup : IDisposable
{
    public const int Partitions = 16;
    public const string Client = "agent/e1";
    private const string Hub = "note/hub";
    private readonly SimulatedDatabase _database;

    public ServerGroup(ulong seed, int servers, SimulatedBrokerFaults? faults = null)
    {
        World = new SimulatedWorld(seed, new SimulationOptions
        {
            Transport = new SimulatedTransportOptions { BrokerSite = "cloud", Faults = faults ?? SimulatedBrokerFaults.None },
        });
        _database = World.AddDatabase("db");
        for (int i = 1; i <= servers; i++)
        {
            World.AddHost($"s{i}", new SimulatedHostOptions { Site = "cloud", Database = _database }, BootServer);
            World.RunFor(TimeSpan.FromSeconds(2));
        }

        World.AddHost("e1", new SimulatedHostOptions { Site = "edge" }, BootAgent);
        World.RunFor(TimeSpan.FromSeconds(1));
        World.RunUntil(() => Owned.Values.Sum() == Partitions, TimeSpan.FromMinutes(3));
    }

    public SimulatedWorld World { get; }

    /// <summary>All that the hosts have published about partitions, in order.</summary>
    public List<(string Host, object Event)> Published { get; } = [];

    /// <summary>How many partitions each host runs now.</summary>
    public SortedDictionary<string, int> Owned
    {
        get
        {
            var active = new SortedDictionary<int, string>();
            foreach ((string host, object published) in Published)
            {
                switch (published)
                {
                    case PartitionActivated activated:
                        active[activated.Partition] = host;
                        break;
                    case PartitionFenced fenced when active.GetValueOrDefault(fenced.Partition) == host:
                        active.Remove(fenced.Partition);
                        break;
                    case PartitionReleased released when active.GetValueOrDefault(released.Partition) == host:
                        active.Remove(released.Partition);
                        break;
                }
            }

            var owned = new SortedDictionary<string, int>(StringComparer.Ordinal);
            foreach (string host in World.Hosts.Keys.Where(host => host.StartsWith('s')))
            {
                owned[host] = active.Values.Count(owner => owner == host);
            }

            return owned;
        }
    }

    public SimulatedHost this[string host] => World.Hosts[host];

    public IEnumerable<T> Of<T>(string? host = null) =>
        Published.Where(entry => host is null || entry.Host == host).Select(entry => entry.Event).OfType<T>();

    /// <summary>Lets the agent say something to a notebook of the servers, by way of the hub.</summary>
    public void Say(string note, string text) => AskAgent(new TellOther(Hub, $"pass {note} {text}"));

    public void SayToHub(string text) => AskAgent(new TellOther(Hub, text));

    public string[] Heard(string entity) =>
    [
        .. _database.Journal.Events
            .Where(e => e.PersistenceId == entity)
            .Select(e => ((Heard)Notebook.Registry.Decode(e.Event.Manifest, e.Event.Payload)).Text),
    ];

    public string[] HeardByHub() => Heard(Hub);

    public IActorRef RouterOf(string host) => this[host].System.Extension<EntityServices>().Router;

    public EntityCounters CountersOf(string host) => this[host].System.Extension<EntityServices>().Counters;

    public List<object> Tell(string host, string entity, object command)
    {
        List<object> answers = [];
        RouterOf(host).Tell(new ToEntity(entity, command), new CallbackRef(answers.Add));
        return answers;
    }

    public void Dispose() => World.Dispose();

    private void AskAgent(object command) =>
        RouterOf("e1").Tell(new ToEntity(Client, command), ActorRefs.NoSender);

    /// <summary>Starts another process with the identity of a server.</summary>
    public void AddTwin(string name, string of) => World.AddHost(
        name, new SimulatedHostOptions { Site = "cloud", Database = _database }, host => BootServer(host, of));

    private void BootServer(SimulatedHost host) => BootServer(host, host.Id);

    private void BootServer(SimulatedHost host, string identity)
    {
        Watch(host);
        EntityHost.Start(host.System, new EntityHostSetup(
            EntityAddress.Server,
            EntityRoutes.OfServer(Partitions, id => id == Hub ? EntityAddress.JoinUplink : null),
            identity == host.Id ? $"{identity}/{host.Incarnation}" : $"{identity}/{host.Id}-{host.Incarnation}",
            host.Journal,
            host.Transport,
            Notebook.Registry,
            [new EntityType("note", id => id.StartsWith("note/", StringComparison.Ordinal), id => Props.Create(() => new Notebook(id)))],
            [Hub],
            EntityOptions.Default,
            host.CrashPoints,
            SharesDatabase: true));
    }

    private void BootAgent(SimulatedHost host) => EntityHost.Start(host.System, new EntityHostSetup(
        EntityAddress.OfAgent("e1"),
        EntityRoutes.OfAgent("e1"),
        $"e1/{host.Incarnation}",
        host.Journal,
        host.Transport,
        Notebook.Registry,
        [new EntityType("client", id => id == Client, id => Props.Create(() => new Notebook(id)))],
        [Client],
        EntityOptions.Default,
        host.CrashPoints));

    private void Watch(SimulatedHost host)
    {
        // What the former start had it has no more.
        Published.RemoveAll(entry => entry.Host == host.Id);
        string id = host.Id;
        IActorRef watcher = host.System.ActorOf(Props.Create(() => new Watcher(e => Published.Add((id, e)))), "watcher");
        foreach (Type type in (Type[])
            [typeof(PartitionActivated), typeof(PartitionFenced), typeof(PartitionReleased), typeof(ServerTakeover), typeof(PoisonParked), typeof(EntityHostFailed)])
        {
            host.System.EventStream.Subscribe(watcher, type);
        }
    }

    private sealed class Watcher : ReceiveActor
    {
        public Watcher(Action<object> take) => ReceiveAny(take);
    }
}
