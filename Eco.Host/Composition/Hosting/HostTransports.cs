using Eco.Runtime.Cluster;

namespace Eco.Host.Composition.Hosting;

/// <summary>Gives each host identity of the process its transport: one queue for all of them in memory, or for each a connection of its own to the brokers.</summary>
internal sealed class HostTransports
{
    private readonly InProcessTransport _inProcess = new();

    /// <summary>What went between the host identities of this process in memory.</summary>
    public TransportCounters Counters => _inProcess.Counters;

    public ITransport Of(string identity) => _inProcess;
}
