namespace Eco.Runtime.Actors;

/// <summary>Well-known references.</summary>
public static class ActorRefs
{
    /// <summary>No sender: nobody is to be answered.</summary>
    public static readonly IActorRef? NoSender;

    /// <summary>A reference to nobody; what is sent to it is meant to vanish.</summary>
    public static readonly IActorRef Nobody = new NobodyRef();

    private sealed class NobodyRef : IActorRef
    {
        public ActorPath Path { get; } = new("eco://nobody", 0);

        public void Tell(object message, IActorRef? sender)
        {
        }

        public int CompareTo(IActorRef? other) => ActorRefComparer.Compare(this, other);

        public bool Equals(IActorRef? other) => ReferenceEquals(this, other);

        public override bool Equals(object? obj) => ReferenceEquals(this, obj);

        public override int GetHashCode() => 0;
    }
}
