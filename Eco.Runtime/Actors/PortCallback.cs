namespace Eco.Runtime.Actors;

/// <summary>A reply address of one port that asks another: the answer is handed to a function, on whatever thread it comes.</summary>
internal sealed class PortCallback(string name, Action<object> take) : IActorRef
{
    public ActorPath Path { get; } = new($"eco://port/{name}", 0);

    public void Tell(object message, IActorRef? sender) => take(message);

    public int CompareTo(IActorRef? other) => ActorRefComparer.Compare(this, other);

    public bool Equals(IActorRef? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    public override string ToString() => Path.Address;
}
