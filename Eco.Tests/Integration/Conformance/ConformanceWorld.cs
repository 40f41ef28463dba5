using Eco.Runtime.Cluster;

namespace Eco.Tests.Integration.Conformance;

/// <summary>A broker, simulated or real, with the hosts a, b and c, and what may happen to it.</summary>
public abstract class ConformanceWorld : IAsyncDisposable
{
    public const int ControlCapacity = 64;
    public const int DeliveryLimit = 3;

    /// <summary>How many frames a load has.</summary>
    public abstract int Load { get; }

    /// <summary>What of a send that an alarm meets: a broker that ceases to read leaves the first one open.</summary>
    public abstract TransportResult FirstInAlarm { get; }

    public abstract ITransport At(string host);

    /// <summary>Lets time pass until a condition holds.</summary>
    public abstract Task UntilAsync(string what, Func<bool> condition, Func<string>? seen = null);

    /// <summary>Lets acknowledgements and the ends of subscriptions arrive.</summary>
    public abstract Task SettleAsync();

    /// <summary>The broker closes the connections of a host.</summary>
    public abstract Task DisconnectAsync(string host);

    /// <summary>The broker has no space, or has some again.</summary>
    public abstract Task AlarmAsync(bool isOn);

    /// <summary>The place that leads the queues dies, with everything that is on its way.</summary>
    public abstract Task KillLeaderAsync();

    /// <summary>It comes back.</summary>
    public abstract Task RestoreAsync();

    public abstract ValueTask DisposeAsync();
}
