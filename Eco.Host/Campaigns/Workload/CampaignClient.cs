using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Eco.Actors.Agents.Proxies;
using Eco.Actors.Console;
using Eco.Host.Campaigns.Oracles;
using Eco.Host.Composition.Simulated;
using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;
using Eco.Runtime.Simulation;

namespace Eco.Host.Campaigns.Workload;

/// <summary>
/// An operator far away: submits versions of IONs, pauses and resumes them, each command again and again, to any server, until one says that
/// it is done. It gives the next command of an ION only after the last one, and after every copy of it that may still be under way.
/// </summary>
internal sealed class CampaignClient
{
    private const int RecordedFrames = 512;
    private const int RequestBytes = 1_024;
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RunsOnAfterFaults = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestEcho = TimeSpan.FromSeconds(25);
    private readonly CampaignSettings _settings;
    private readonly CampaignCluster _cluster;
    private readonly CommandOracle _oracle;
    private readonly Random _random;
    private readonly List<(string To, TransportLane Lane, byte[] Frame)> _recorded = [];
    private int _recordedAt;
    private long _requests;
    private int _open;

    public CampaignClient(CampaignSettings settings, CampaignCluster cluster, CommandOracle oracle)
    {
        _settings = settings;
        _cluster = cluster;
        _oracle = oracle;
        _random = cluster.World.Random.Stream("client");
        cluster.OnSent = (_, send) => Record(send);
    }

    /// <summary>Whether every command was accepted.</summary>
    public bool IsDone => _open == 0;

    /// <summary>Plans the commands: each ION once early on, later changes, pauses and resumptions over the safety phase.</summary>
    public void Start()
    {
        for (int ion = 0; ion < _settings.Ions; ion++)
        {
            var commands = new Queue<ClientCommand>();
            commands.Enqueue(new ClientCommand(ion, ClientVerb.Submit, 1));
            for (int more = _random.Next(0, 4); more > 0; more--)
            {
                ClientVerb verb = commands.Last().Verb == ClientVerb.Pause ? ClientVerb.Resume : (ClientVerb)_random.Next(2);
                commands.Enqueue(new ClientCommand(ion, verb, commands.Count + 1));
            }

            if (commands.Last().Verb == ClientVerb.Pause)
            {
                commands.Enqueue(new ClientCommand(ion, ClientVerb.Resume, commands.Count + 1));
            }

            _open += commands.Count;
            _cluster.World.Schedule(TimeSpan.FromMilliseconds(_random.Next(200, 3_000)), "client", () => Next(commands));
        }
    }

    /// <summary>Sends bytes to a host's queue that can mean nothing.</summary>
    public void SendMalformed(string host, int form)
    {
        byte[] bytes = form switch
        {
            0 => [],
            1 => RandomBytes(200),
            2 => Encoding.UTF8.GetBytes("{\"k\":\"message\",\"f\":\"x\",\"t\":\"ion/ion-1\""),
            3 => Encoding.UTF8.GetBytes("{\"k\":\"volatile\",\"f\":\"agent/edge-1\",\"t\":\"proxy/edge-1\",\"s\":0,\"e\":1,\"h\":\"1.0.x\",\"m\":\"from.the-future/9\",\"p\":{}}"),
            4 => new byte[FrameCodec.MaximumBytes + 1],
            _ => Encoding.UTF8.GetBytes(new string('[', 5_000)),
        };
        Send(AddressOf(host), TransportLane.Control, bytes);
    }

    /// <summary>Submits what is no ION; it has to be refused, and nothing of it may stay.</summary>
    public void SubmitBad(int form)
    {
        string good = CampaignLayout.IonText(_settings, 0, 1, 1);
        string bad = form switch
        {
            0 => good[..(good.Length / 2)],
            1 => good.Replace("merge.kmeans", "merge.nothing", StringComparison.Ordinal),
            2 => good.Replace("edge.learn, to = merge", "edge.learn, to = nowhere", StringComparison.Ordinal),
            _ => "ion { id = ${?ion.id} \u0000 }",
        };
        Ask(_cluster.Servers[_random.Next(_cluster.Servers.Length)], Request(ConsoleVerbs.IonSubmit, "bad.conf", bad), reply =>
        {
            if (reply.Error is null)
            {
                _oracle.AcceptedBad();
            }
        });
    }

    /// <summary>Sends a recorded frame again, as somebody who has listened could.</summary>
    /// <param name="host">Whose frames.</param>
    /// <param name="back">How many of them ago.</param>
    public void Replay(string host, int back)
    {
        for (int i = 0; i < _recorded.Count; i++)
        {
            (string to, TransportLane lane, byte[] frame) = _recorded[(_recordedAt + _recorded.Count - 1 - i) % _recorded.Count];
            if (IsFor(host, to) && --back <= 0)
            {
                Send(to, lane, frame);
                return;
            }
        }
    }

    /// <summary>Sends a message that nobody can apply, as an entity of a newer version might, again and again until it is parked.</summary>
    public void SendPoison(string agent, PoisonOracle oracle)
    {
        string sender = string.Create(CultureInfo.InvariantCulture, $"ion/from-the-future-{++_requests}");
        string receiver = AgentProxyActor.IdOf(agent);
        var frame = new Frame(FrameKind.Message, sender, receiver, 1, 1, new HybridTimestamp(0, 0, CampaignLayout.Client), "from.the-future/9", "{}"u8.ToArray());
        oracle.Injected(sender, receiver);
        Again();

        void Again()
        {
            if (!oracle.IsParked(sender))
            {
                Send(EntityAddress.OfPartition(Partitioning.PartitionOf(receiver, _settings.Partitions)), TransportLane.Control, FrameCodec.Encode(frame));
                frame = frame with { IsResent = true };
                _cluster.World.Schedule(AskAgain, "poison", Again);
            }
        }
    }

    private string AddressOf(string host) => IsServer(host)
        ? EntityAddress.OfPartition(_random.Next(_settings.Partitions))
        : EntityAddress.OfAgent(host);

    private static bool IsFor(string host, string address) => IsServer(host)
        ? !address.StartsWith(EntityAddress.OfAgent(string.Empty), StringComparison.Ordinal)
        : address == EntityAddress.OfAgent(host);

    private static bool IsServer(string host) => host.StartsWith(SimulatedCluster.ServerName, StringComparison.Ordinal);

    private byte[] RandomBytes(int count)
    {
        byte[] bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    private void Record(TransportSend send)
    {
        if (_recorded.Count < RecordedFrames)
        {
            _recorded.Add((send.To, send.Lane, send.Frame));
            return;
        }

        _recorded[_recordedAt] = (send.To, send.Lane, send.Frame);
        _recordedAt = (_recordedAt + 1) % RecordedFrames;
    }

    private void Send(string to, TransportLane lane, byte[] frame)
    {
        SimulatedHost self = _cluster.World.Hosts[CampaignLayout.Client];
        self.Transport.Send(new TransportSend(++_requests, CampaignLayout.Client, to, lane, frame), self.System.DeadLetters);
    }

    private void Next(Queue<ClientCommand> commands)
    {
        if (commands.TryDequeue(out ClientCommand? command))
        {
            TimeSpan left = TimeSpan.FromSeconds(_settings.SafetySeconds) + RunsOnAfterFaults - _cluster.World.Clock.Elapsed;
            command.Steps = Math.Max(10, (int)(left.TotalMilliseconds / _settings.StepMilliseconds));
            _oracle.Begun(command);
            Try(command, commands);
        }
    }

    private void Try(ClientCommand command, Queue<ClientCommand> following)
    {
        if (command.IsAccepted)
        {
            return;
        }

        command.Attempts++;
        string server = _cluster.Servers[_random.Next(_cluster.Servers.Length)];
        Ask(server, RequestOf(command), reply =>
        {
            if (reply.Error is { } error && error.Code != ConsoleErrorCodes.NoHost && !IsElsewhere(error) && !IsTooEarly(error))
            {
                _oracle.RefusedGood(command, error);
            }

            if (reply.Error is not null || command.IsAccepted)
            {
                return;
            }

            command.IsAccepted = true;
            _open--;
            _oracle.Accepted(command);
            TimeSpan pause = TimeSpan.FromMilliseconds(_random.Next(500, 8_000));
            _cluster.World.Schedule(command.Attempts == 1 ? pause : LongestEcho, "client", () => Next(following));
        });
        _cluster.World.Schedule(AskAgain, "client.again", () => Try(command, following));
    }

    // The ION's partition runs on another server; sooner or later that one is asked.
    private static bool IsElsewhere(ConsoleError error) =>
        error.Code == ConsoleErrorCodes.Refused && error.Cause.Contains("send the command there", StringComparison.Ordinal);

    // No agent that the ION selects has joined yet.
    private static bool IsTooEarly(ConsoleError error) =>
        error.Code == ConsoleErrorCodes.Invalid && error.Cause.Contains("no agent meets", StringComparison.Ordinal);

    private ConsoleRequest RequestOf(ClientCommand command) => command.Verb switch
    {
        ClientVerb.Submit => Request(ConsoleVerbs.IonSubmit, "ion.conf", CampaignLayout.IonText(_settings, command.Ion, command.Number, command.Steps)),
        ClientVerb.Pause => Request(ConsoleVerbs.IonPause, command.Ion),
        _ => Request(ConsoleVerbs.IonResume, command.Ion),
    };

    private ConsoleRequest Request(string verb, int ion) =>
        new(++_requests, verb, ImmutableSortedDictionary<string, string>.Empty.Add("ion", CampaignLayout.IonName(ion)));

    private ConsoleRequest Request(string verb, string file, string body) =>
        new(++_requests, verb, ImmutableSortedDictionary<string, string>.Empty.Add("file", file), body);

    // Over the network both ways: a command or its answer may be lost, and then nobody knows whether it was carried out. A connection carries each
    // of them once at most, whatever the network repeats.
    private void Ask(string server, ConsoleRequest request, Action<ConsoleReply> answered)
    {
        bool hasCome = false;
        _cluster.World.Network.Transmit(CampaignLayout.Client, server, RequestBytes, "request", () =>
        {
            if (hasCome || _cluster.ConsoleOf(server) is not { } console)
            {
                return;
            }

            hasCome = true;
            ActorSystem system = _cluster.World.Hosts[server].System;
            string name = string.Create(CultureInfo.InvariantCulture, $"client-{++_requests}");
            IActorRef collector = system.ActorOf(
                Props.Create(() => new ReplyCollector(reply => _cluster.World.Network.Transmit(
                    server, CampaignLayout.Client, RequestBytes, "reply", () => answered(reply)))),
                name);
            console.Tell(request, collector);
        });
    }

    private sealed class ReplyCollector : ReceiveActor
    {
        public ReplyCollector(Action<ConsoleReply> take) => Receive<ConsoleReply>(reply =>
        {
            take(reply);
            Context.Stop(Self);
        });
    }
}
