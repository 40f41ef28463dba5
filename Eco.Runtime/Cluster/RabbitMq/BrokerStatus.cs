namespace Eco.Runtime.Cluster.RabbitMq;

/// <summary>How a host's connection for publishing stands.</summary>
/// <param name="Endpoint">The node that it is connected to; null while there is none.</param>
/// <param name="Since">Since when it is as it is.</param>
/// <param name="Reconnects">Connections before the present one.</param>
/// <param name="IsBlocked">Whether the broker takes nothing at present.</param>
/// <param name="Waiting">Control frames that wait.</param>
/// <param name="Unconfirmed">Control frames that are published and not confirmed.</param>
public sealed record BrokerStatus(
    RabbitMqEndpoint? Endpoint, DateTimeOffset Since, long Reconnects, bool IsBlocked, int Waiting, int Unconfirmed)
{
    /// <summary>Whether there is a connection.</summary>
    public bool IsConnected => Endpoint is not null;
}
