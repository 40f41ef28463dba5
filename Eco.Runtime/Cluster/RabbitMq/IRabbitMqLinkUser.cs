namespace Eco.Runtime.Cluster.RabbitMq;

/// <summary>Who works by a connection.</summary>
internal interface IRabbitMqLinkUser
{
    /// <summary>A connection stands: open channels. An exception gives the connection up.</summary>
    Task ConnectedAsync(RabbitMqSession session);

    /// <summary>The broker takes nothing on this connection, or takes again.</summary>
    void Blocked(RabbitMqSession session, bool isBlocked);

    /// <summary>The connection is over. Comes once for each that was announced, before the next.</summary>
    void Lost(RabbitMqSession session, string reason);
}
