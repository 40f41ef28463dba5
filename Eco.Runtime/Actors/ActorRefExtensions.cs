namespace Eco.Runtime.Actors;

/// <summary>Short forms for sending.</summary>
public static class ActorRefExtensions
{
    /// <summary>Sends with the actor that is running on this thread, if any, as the sender.</summary>
    public static void Tell(this IActorRef receiver, object message)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        receiver.Tell(message, ActorCell.Current);
    }

    /// <summary>Passes the message on with the sender of the message that is being handled.</summary>
    public static void Forward(this IActorRef receiver, object message)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        receiver.Tell(message, ActorCell.Current?.SenderOrNull);
    }

    /// <summary>Whether the reference is absent or <see cref="ActorRefs.Nobody"/>.</summary>
    public static bool IsNobody(this IActorRef? reference) => reference is null || ReferenceEquals(reference, ActorRefs.Nobody);
}
