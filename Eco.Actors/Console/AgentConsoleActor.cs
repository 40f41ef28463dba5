using System.Collections.Immutable;
using Eco.Actors.Agents;
using Eco.Actors.Agents.Proxies;
using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;

namespace Eco.Actors.Console;

/// <summary>
/// Answers the local socket of a host that has agents and no server: what runs here, and stop. Everything else is a server's to answer, and
/// the reply says so.
/// </summary>
public sealed class AgentConsoleActor : ReceiveActor
{
    /// <summary>Makes the actor.</summary>
    /// <param name="routers">The router of each agent of the process, by the agent's id.</param>
    /// <param name="stop">What <c>host.stop</c> does.</param>
    public AgentConsoleActor(ImmutableSortedDictionary<string, IActorRef> routers, Action stop)
    {
        Receive<ConsoleRequest>(request =>
        {
            IActorRef? asker = Sender;
            switch (request.Verb)
            {
                case ConsoleVerbs.HostStop:
                    asker?.Tell(new ConsoleReply(request.Id, null, null));
                    stop();
                    break;
                case ConsoleVerbs.Status:
                    Context.ActorOf(Props.Create(() => new LocalStatusActor(routers, request, asker)), null);
                    break;
                default:
                    asker?.Tell(ConsoleJson.Failure(
                        request.Id,
                        ConsoleErrorCodes.Refused,
                        $"this host has agents and no server, which alone can answer '{request.Verb}'",
                        "run the command on a host with the server role; here there are 'eco status' and 'eco stop'"));
                    break;
            }
        });
    }

    /// <summary>Asks each agent of the process what runs on it, answers and stops.</summary>
    private sealed class LocalStatusActor : ReceiveActor, IWithTimers
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
        private readonly ImmutableSortedDictionary<string, IActorRef> _routers;
        private readonly ConsoleRequest _request;
        private readonly IActorRef? _asker;
        private readonly SortedDictionary<string, ImmutableArray<InstanceStatus>> _statuses = new(StringComparer.Ordinal);

        public LocalStatusActor(ImmutableSortedDictionary<string, IActorRef> routers, ConsoleRequest request, IActorRef? asker)
        {
            string? only = request.Arguments.GetValueOrDefault("agent");
            _routers = only is null ? routers : routers.RemoveRange(routers.Keys.Where(id => id != only));
            _request = request;
            _asker = asker;
            Receive<StatusReported>(status =>
            {
                _statuses[status.Agent] = status.Instances;
                FinishIfComplete();
            });
            Receive<Status.Failure>(failure => Finish(ConsoleFailures.Of(_request.Id, failure.Cause, ConsoleErrorCodes.Internal)));
            Receive<PatienceOver>(_ => Finish(Reply()));
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart()
        {
            if (_routers.IsEmpty)
            {
                Finish(ConsoleJson.Failure(
                    _request.Id,
                    ConsoleErrorCodes.NotFound,
                    $"no agent '{_request.Arguments.GetValueOrDefault("agent")}' is on this host",
                    "ask a server, which knows all agents"));
                return;
            }

            Timers.StartSingleTimer(nameof(PatienceOver), PatienceOver.Instance, Patience);
            foreach ((string agent, IActorRef router) in _routers)
            {
                router.Tell(new ToEntity(AgentIdentityActor.IdOf(agent), new QueryStatus()), Self);
            }
        }

        private void FinishIfComplete()
        {
            if (_statuses.Count == _routers.Count)
            {
                Finish(Reply());
            }
        }

        private ConsoleReply Reply()
        {
            DateTimeOffset now = Context.System.TimeProvider.GetUtcNow();
            return ConsoleJson.Reply<ImmutableArray<InstanceView>>(
                _request.Id, [.. _statuses.SelectMany(entry => entry.Value.Select(status => InstanceView.Of(entry.Key, status, now)))]);
        }

        private void Finish(ConsoleReply reply)
        {
            _asker?.Tell(reply);
            Context.Stop(Self);
        }

        private sealed record PatienceOver
        {
            public static PatienceOver Instance { get; } = new();
        }
    }
}
