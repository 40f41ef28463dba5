using Eco.Runtime.Actors;

namespace Eco.Tests.Persistence.Contracts;

/// <summary>A reply address that keeps what it is told, for tests of ports without an actor system.</summary>
public sealed class RecordingRef(string name = "recorder") : IActorRef
{
    private readonly Lock _gate = new();
    private readonly List<object> _messages = [];

    public ActorPath Path { get; } = new($"eco://test/user/{name}", 1);

    public IReadOnlyList<object> Messages
    {
        get
        {
            lock (_gate)
            {
                return _messages.ToArray();
            }
        }
    }

    public void Tell(object message, IActorRef? sender)
    {
        lock (_gate)
        {
            _messages.Add(message);
        }
    }

    public bool Equals(IActorRef? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    public int CompareTo(IActorRef? other) => string.CompareOrdinal(Path.Address, other?.Path.Address);
}
