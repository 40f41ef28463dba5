using Eco.Runtime.Actors;
using Eco.Runtime.Actors.Routing;

namespace Eco.Tests.Actors.Routing;

/// <summary>Routers whose routees log as <c>name:message</c>, by their place in the order of creation.</summary>
internal abstract class RouterFixture : ActorFixture
{
    protected List<string> Log { get; } = [];

    /// <summary>Constructed instances of routees.</summary>
    protected List<string> Born { get; } = [];

    protected Dictionary<string, IActorRef?> Senders { get; } = [];

    /// <summary>A routee that logs; it fails at <c>boom</c>.</summary>
    protected Props Worker => Props.Create(() => new Probe(new Probe.Script
    {
        OnConstruct = p => Born.Add(p.Self.Path.Name),
        OnReceive = (p, message) =>
        {
            if (message is "boom")
            {
                throw new InvalidOperationException("bad");
            }

            Log.Add($"{p.Self.Path.Name}:{message}");
            Senders[message.ToString()!] = p.Sender;
            return true;
        },
    }));

    protected IActorRef NewRouter(Props props, string name = "router")
    {
        IActorRef router = System.ActorOf(props, name);
        Run();
        return router;
    }

    protected IActorRef[] Workers(params string[] names) => [.. names.Select(name => System.ActorOf(Worker, name))];

    protected void Send(IActorRef router, params object[] messages)
    {
        foreach (object message in messages)
        {
            router.Tell(message);
        }

        Run();
    }

    protected IReadOnlyList<Routee> RouteesOf(IActorRef router)
    {
        Task<Routees> answer = router.Ask<Routees>(GetRoutees.Instance, TimeSpan.FromSeconds(1));
        Run();
        return answer.Result.Members;
    }

    protected IActorRef RouteeAt(IActorRef router, int index) => ((ActorRefRoutee)RouteesOf(router)[index]).Actor;
}
