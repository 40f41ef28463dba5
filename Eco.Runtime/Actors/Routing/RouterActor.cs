namespace Eco.Runtime.Actors.Routing;

/// <summary>The actor that a router is: passes messages on with their senders, and holds its routees.</summary>
internal sealed class RouterActor(RouterState state) : ActorBase
{
    private static readonly SupervisorStrategy AlwaysEscalate = new OneForOneStrategy(static _ => Directive.Escalate);

    private Router Router
    {
        get => state.Router!;
        set => state.Router = value;
    }

    protected internal override bool Receive(object message)
    {
        switch (message)
        {
            case GetRoutees:
                Sender.Tell(new Routees(Router.Routees), Self);
                break;
            case AddRoutee add:
                Add(add.Routee);
                break;
            case RemoveRoutee remove:
                Remove(remove.Routee);
                StopIfEmpty();
                break;
            case AdjustPoolSize adjust when state.Config is Pool:
                Adjust(adjust.Change);
                break;
            case AdjustPoolSize:
                return false;
            case Terminated terminated:
                Router = Router.RemoveRoutee(terminated.ActorRef);
                StopIfEmpty();
                break;
            default:
                Router.Route(message, Cell.SenderOrNull);
                break;
        }

        return true;
    }

    protected override void PreStart()
    {
        Router = new Router(state.Config.CreateLogic(Context.System), new List<Routee>());
        switch (state.Config)
        {
            case Pool pool:
                Adjust(pool.NrOfInstances);
                break;
            case Group group:
                foreach (IActorRef routee in group.Routees)
                {
                    Add(Routee.FromActorRef(routee));
                }

                break;
        }
    }

    /// <summary>Keeps the routees: their own failures restart them, not the router's.</summary>
    protected override void PreRestart(Exception reason, object? message)
    {
    }

    protected override void PostRestart(Exception reason)
    {
    }

    protected override SupervisorStrategy SupervisorStrategy() => (state.Config as Pool)?.SupervisorStrategy ?? AlwaysEscalate;

    private void Add(Routee routee)
    {
        Router = Router.AddRoutee(routee);
        if (routee is ActorRefRoutee { Actor: IInternalActorRef actor })
        {
            Context.Watch(actor);
        }
    }

    private void Remove(Routee routee)
    {
        Router = Router.RemoveRoutee(routee);
        if (routee is not ActorRefRoutee { Actor: var actor })
        {
            return;
        }

        if (actor is ActorCell cell && ReferenceEquals(cell.Parent, Self))
        {
            // Behind what it has been sent; the router goes on watching it.
            actor.Tell(PoisonPill.Instance);
        }
        else
        {
            Context.Unwatch(actor);
        }
    }

    private void Adjust(int change)
    {
        for (int i = 0; i < change; i++)
        {
            Add(Routee.FromActorRef(Context.ActorOf(state.RouteeProps)));
        }

        for (int i = 0; i > change && Router.Routees.Count > 0; i--)
        {
            Remove(Router.Routees[^1]);
        }
    }

    /// <summary>A removed child may still be at work; the router ends after it.</summary>
    private void StopIfEmpty()
    {
        if (Router.Routees.Count == 0 && Context.GetChildren().Count == 0)
        {
            Context.Stop(Self);
        }
    }
}
