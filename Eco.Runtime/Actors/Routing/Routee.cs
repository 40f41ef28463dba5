namespace Eco.Runtime.Actors.Routing;

/// <summary>Where a router sends to.</summary>
public abstract record Routee
{
    private protected Routee()
    {
    }

    /// <summary>Stands for nobody: what is sent to it becomes a dead letter of the actor that routes.</summary>
    public static Routee NoRoutee { get; } = new Nobody();

    /// <summary>An actor as a routee.</summary>
    public static Routee FromActorRef(IActorRef actor) => new ActorRefRoutee(actor);

    /// <summary>Sends a message.</summary>
    public abstract void Send(object message, IActorRef? sender);

    private sealed record Nobody : Routee
    {
        public override void Send(object message, IActorRef? sender)
        {
            ActorCell? router = ActorCell.Current;
            ActorSystem? system = router?.System ?? (sender as IInternalActorRef)?.System;
            if (system is null)
            {
                throw new IllegalActorStateException($"no routee takes a {message.GetType().Name}, and it was not routed by an actor that could say so");
            }

            system.DeadLetters.Tell(new DeadLetter(message, sender, router ?? system.DeadLetters), sender);
        }
    }
}
