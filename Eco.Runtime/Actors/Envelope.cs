namespace Eco.Runtime.Actors;

/// <summary>A message and who sent it.</summary>
internal struct Envelope
{
    public object? Message;
    public IActorRef? Sender;

    public Envelope(object message, IActorRef? sender)
    {
        Message = message;
        Sender = sender;
    }
}
