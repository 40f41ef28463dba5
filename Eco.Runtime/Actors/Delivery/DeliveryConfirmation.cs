namespace Eco.Runtime.Actors.Delivery;

/// <summary>
/// Where the consumer confirms one delivery. It knows the number, so that a delivery that was made twice, because the consumer restarted,
/// cannot confirm the next one as well.
/// </summary>
internal sealed class DeliveryConfirmation(IActorRef controller, long seqNr) : IActorRef
{
    public ActorPath Path => controller.Path;

    public void Tell(object message, IActorRef? sender)
    {
        if (message is ConsumerController.Confirmed)
        {
            controller.TellBounded(new DeliveryProtocol.ConfirmedSeqNr(seqNr), sender);
        }
        else
        {
            controller.Tell(message, sender);
        }
    }

    public int CompareTo(IActorRef? other) => ActorRefComparer.Compare(this, other);

    public bool Equals(IActorRef? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => seqNr.GetHashCode();

    public override string ToString() => Path.Address;
}
