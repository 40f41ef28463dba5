namespace Eco.Runtime.Actors;

/// <summary>A reference that takes part in supervision and death watch.</summary>
internal interface IInternalActorRef : IActorRef
{
    ActorSystem System { get; }

    void SendSystem(SystemMessage message);
}
