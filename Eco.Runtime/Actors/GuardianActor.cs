namespace Eco.Runtime.Actors;

/// <summary>The root of a part of the tree; it only supervises.</summary>
internal sealed class GuardianActor : ActorBase
{
    /// <summary>Nobody sends it anything of use.</summary>
    protected internal override bool Receive(object message) => false;
}
