namespace Eco.Runtime.Actors;

/// <summary>Brings the continuations of one instance's asynchronous handlers back to its actor.</summary>
internal sealed class ActorSynchronizationContext(ActorCell cell) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) => cell.SendSystem(new AsyncContinuation(this, d, state));

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (!ReferenceEquals(ActorCell.Current, cell))
        {
            throw new NotSupportedException($"only {cell.Path} itself may run code on it synchronously; use Tell");
        }

        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;
}
