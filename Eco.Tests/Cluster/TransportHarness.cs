using Eco.Runtime.Cluster;

namespace Eco.Tests.Cluster;

/// <summary>A transport between the hosts a, b and c under the contract suite.</summary>
public abstract class TransportHarness : IDisposable
{
    public const int ControlCapacity = 4;
    public const int TelemetryCapacity = 3;

    /// <summary>Whether what was handed out and is not acknowledged counts against the capacity; a quorum queue counts only what waits.</summary>
    public virtual bool CountsDelivered => true;

    /// <summary>How many random scripts it plays, and how long they may be.</summary>
    public virtual (int Count, int Length) Scripts => (100, 100);

    public abstract TransportCounters Counters { get; }

    /// <summary>The transport as a host has it.</summary>
    public abstract ITransport At(string host);

    /// <summary>Lets everything that is on its way arrive.</summary>
    public abstract void Settle();

    public abstract void Dispose();
}
