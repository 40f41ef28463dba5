using System.Collections.Immutable;

namespace Eco.Runtime.Cluster.RabbitMq;

/// <summary>The settings of a transport over RabbitMQ.</summary>
public sealed record RabbitMqTransportOptions
{
    /// <summary>The nodes, in the order in which they are tried.</summary>
    public required ImmutableArray<RabbitMqEndpoint> Endpoints { get; init; }

    /// <summary>Who the host is to the broker.</summary>
    public required RabbitMqCredentials Credentials { get; init; }

    /// <summary>The host's identity; stands in the connections' names.</summary>
    public required string HostName { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider TimeProvider { get; init; }

    /// <summary>Jitters the pauses between attempts.</summary>
    public required Random Random { get; init; }

    /// <summary>The virtual host.</summary>
    public string VirtualHost { get; init; } = "/";

    /// <summary>AMQP heartbeat: either end gives the other up after two of them without a sign. 5 s for servers, 30 s for agents.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether deliveries and acknowledgements have a connection of their own. An alarm stops a connection that publishes; servers must go on
    /// taking from queues then, or the alarm never ends. An agent has little to take, and one connection.
    /// </summary>
    public bool ReceivesApart { get; init; } = true;

    /// <summary>Whether queues, exchanges and bindings are declared; without the right to do so, somebody else has to have.</summary>
    public bool DeclaresTopology { get; init; } = true;

    /// <summary>
    /// Whether telemetry that full queues dropped is counted here: it is for servers, and the counts of all add up to the cluster's.
    /// </summary>
    public bool CountsDropped { get; init; } = true;

    /// <summary>How many nodes hold each quorum queue.</summary>
    public int QuorumSize { get; init; } = 3;

    /// <summary>Frames that wait in a control queue; then sends are Blocked. What was handed out and not acknowledged does not count.</summary>
    public int ControlCapacity { get; init; } = 4096;

    /// <summary>Bytes that wait in a control queue; then sends are Blocked.</summary>
    public long ControlCapacityBytes { get; init; } = 256L << 20;

    /// <summary>Frames that wait in a telemetry queue; then the oldest is dropped and counted.</summary>
    public int TelemetryCapacity { get; init; } = 4096;

    /// <summary>The largest frame, in bytes.</summary>
    public int MaximumFrameBytes { get; init; } = FrameCodec.MaximumBytes;

    /// <summary>A frame that was handed out so often without an acknowledgement is parked in <see cref="RabbitMqNames.ParkedQueue"/>.</summary>
    public int DeliveryLimit { get; init; } = 20;

    /// <summary>Control frames that wait for the connection or for their turn; then sends are Blocked.</summary>
    public int MaximumWaiting { get; init; } = 4096;

    /// <summary>Bytes of control frames that wait or are unconfirmed; then sends are Blocked.</summary>
    public long MaximumWaitingBytes { get; init; } = 64L << 20;

    /// <summary>Control frames that are published and not confirmed; the next wait.</summary>
    public int MaximumUnconfirmed { get; init; } = 512;

    /// <summary>Telemetry frames that wait for the connection or for their turn; then the oldest is dropped and counted.</summary>
    public int MaximumTelemetryWaiting { get; init; } = 1024;

    /// <summary>Subscriptions, and aliases that are bound; one more is refused.</summary>
    public int MaximumAddresses { get; init; } = 65_536;

    /// <summary>A control frame that is not confirmed by then is Unknown, and the connection is given up.</summary>
    public TimeSpan ConfirmTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A queue that has refused for so long while it has room is asked again by another channel: version 3.10.8 leaves some channels with a leader
    /// that is dead.
    /// </summary>
    public TimeSpan RefusalTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>An attempt to connect to one node, from the first packet to the open connection.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Any other request to the broker.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The first pause after all nodes were tried in vain; it doubles.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest pause.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Hears of what happens to the connections; called from any thread, and must return at once.</summary>
    public Action<BrokerEvent> Observe { get; init; } = static _ => { };
}
