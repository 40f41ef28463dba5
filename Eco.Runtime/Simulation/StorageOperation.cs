using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;

namespace Eco.Runtime.Simulation;

/// <summary>One request to a simulated store.</summary>
internal abstract class StorageOperation(IActorRef replyTo)
{
    public IActorRef ReplyTo { get; } = replyTo;

    /// <summary>What it adds to the disk.</summary>
    public virtual long Bytes => 0;

    /// <summary>What it has given back to the disk; known after <see cref="Run"/>.</summary>
    public long FreedBytes { get; protected set; }

    /// <summary>The answer to a request that cannot be done in the present state, or null.</summary>
    public virtual object? Refusal() => null;

    /// <summary>Does it.</summary>
    /// <returns>The answer, or an <c>object[]</c> of several in order.</returns>
    public abstract object Run();

    /// <summary>The answer when the storage itself failed.</summary>
    public abstract object Failed(AppendFailureReason reason, string message);

    /// <summary>Adds what a crash point may name, in order and without repetition.</summary>
    public virtual void AddDetails(List<string> details)
    {
    }
}
