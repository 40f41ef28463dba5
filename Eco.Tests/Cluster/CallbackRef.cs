using Eco.Runtime.Actors;

namespace Eco.Tests.Cluster;

/// <summary>A reply address that calls a function.</summary>
public sealed class CallbackRef(Action<object> receive) : IActorRef
{
    public ActorPath Path { get; } = new("eco://test/user/callback", 1);

    public void Tell(object message, IActorRef? sender) => receive(message);

    public bool Equals(IActorRef? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    public int CompareTo(IActorRef? other) => string.CompareOrdinal(Path.Address, other?.Path.Address);
}
