namespace Eco.Runtime.Simulation;

/// <summary>A frame on its way over a link. It arrives in the world, not on the receiving host.</summary>
/// <param name="link">The link; null for the way of a host to itself, which has no faults and no counters.</param>
/// <param name="world">The world's scope.</param>
/// <param name="what">What it is, for the trace.</param>
/// <param name="bytes">Its size.</param>
internal abstract class LinkArrival(NetworkLink? link, HostScope world, string what, int bytes) : SimulationEvent(world, what)
{
    public NetworkLink? Link { get; } = link;

    public int Bytes { get; } = bytes;

    /// <summary>The same frame, to arrive once more.</summary>
    public abstract LinkArrival Copy();

    public sealed override void Run()
    {
        if (Link is { } way)
        {
            if (way.IsCut)
            {
                way.Dropped++;
                return;
            }

            way.Delivered++;
        }

        Arrived();
    }

    protected abstract void Arrived();
}

/// <summary>A frame whose arrival calls a function.</summary>
internal sealed class ActionArrival(NetworkLink? link, HostScope world, string what, int bytes, Action arrived) : LinkArrival(link, world, what, bytes)
{
    public override LinkArrival Copy() => new ActionArrival(Link, Scope, What, Bytes, arrived);

    protected override void Arrived() => arrived();
}
