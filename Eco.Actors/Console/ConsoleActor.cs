using Eco.Actors.Agents.Proxies;
using Eco.Actors.Timeline;
using Eco.Runtime.Actors;

namespace Eco.Actors.Console;

/// <summary>
/// Answers the verbs of the local socket and of <c>eco console</c>: changing verbs go to the entities, reading verbs to the timeline. Each
/// request is carried out by a short-lived <see cref="ConsoleRequestActor"/>, so that a slow one holds up no other.
/// </summary>
public sealed class ConsoleActor : ReceiveActor
{
    private readonly Dictionary<IActorRef, long> _watchers = [];

    /// <summary>Makes the actor.</summary>
    public ConsoleActor(ConsolePorts ports)
    {
        Receive<ConsoleRequest>(request =>
        {
            if (request.Verb == ConsoleVerbs.Watch)
            {
                Watch(request);
                ports.Others?.Tell(new WatchOthers(_watchers.Count > 0), Self);
                return;
            }

            IActorRef? asker = Sender;
            Context.ActorOf(
                ParkedRequestActor.Takes(request.Verb) ? Props.Create(() => new ParkedRequestActor(ports.Router, request, asker))
                    : request.Verb == ConsoleVerbs.Cluster ? Props.Create(() => new ClusterRequestActor(ports.Cluster, request, asker))
                    : Props.Create(() => new ConsoleRequestActor(ports, request, asker)),
                null);
        });
        Receive<LiveView>(Broadcast);
        Receive<StatisticSeen>(seen => Broadcast(new LiveView(
            "statistic",
            DateTimeOffset.FromUnixTimeMilliseconds(seen.UnixMilliseconds),
            seen.Ion,
            seen.Node,
            seen.Agent,
            seen.Name,
            seen.Value)));
        Receive<Terminated>(terminated =>
        {
            _watchers.Remove(terminated.ActorRef);
            ports.Others?.Tell(new WatchOthers(_watchers.Count > 0), Self);
        });
    }

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(LiveView));
        Context.System.EventStream.Subscribe(Self, typeof(StatisticSeen));
    }

    private void Watch(ConsoleRequest request)
    {
        if (Sender is { } watcher)
        {
            _watchers[watcher] = request.Id;
            Context.Watch(watcher);
        }
    }

    private void Broadcast(LiveView view)
    {
        if (_watchers.Count == 0)
        {
            return;
        }

        foreach ((IActorRef watcher, long id) in _watchers)
        {
            watcher.Tell(ConsoleJson.Reply(id, view) with { More = true });
        }
    }
}
