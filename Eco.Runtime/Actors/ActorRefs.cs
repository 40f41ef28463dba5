namespace Eco.Runtime.Actors;

/// <summary>Well-known references.</summary>
public static class ActorRefs
{
    /// <summary>No sender: nobody is to be answered.</summary>
    public static readonly IActorRef? NoSender;
}
