using System.Collections.Immutable;
using System.Security.Cryptography;
using Eco.Runtime.Cluster;
using Eco.Runtime.Cluster.RabbitMq;
using Microsoft.Extensions.Logging;

namespace Eco.Host.Composition.Hosting;

/// <summary>
/// Gives each host identity of the process its transport: one queue in memory for all of them or, with brokers, for each a connection of its
/// own, as if it were alone on its machine.
/// </summary>
internal sealed partial class HostTransports(BrokerSetup? brokers, HostResources resources)
{
    private static readonly TimeSpan ServerHeartbeat = TimeSpan.FromSeconds(5);

    // Counted against an idle agent's uplink; what it has to say wakes the connection long before.
    private static readonly TimeSpan AgentHeartbeat = TimeSpan.FromSeconds(30);

    private readonly InProcessTransport _inProcess = new();
    private readonly ILogger<RabbitMqTransport> _logger = resources.Logger<RabbitMqTransport>();

    /// <summary>What went between the host identities of this process in memory.</summary>
    public TransportCounters Counters => _inProcess.Counters;

    public ITransport OfServer(string host) => brokers is null ? _inProcess : Open(brokers, host, isServer: true);

    public ITransport OfAgent(string agent) => brokers is null ? _inProcess : Open(brokers, agent, isServer: false);

    private RabbitMqTransport Open(BrokerSetup setup, string host, bool isServer)
    {
        ImmutableArray<RabbitMqEndpoint> endpoints = [.. setup.Endpoints.Select(text => RabbitMqEndpoint.Parse(text, out _, out _))];
        RabbitMqEndpoint.Parse(setup.Endpoints[0], out string? user, out string virtualHost);
        return resources.Keep(RabbitMqTransport.Open(
            new RabbitMqTransportOptions
            {
                Endpoints = endpoints,
                Credentials = new RabbitMqCredentials(user!, setup.Password),
                VirtualHost = virtualHost,
                HostName = host,
                TimeProvider = TimeProvider.System,
                Random = new Random(BitConverter.ToInt32(RandomNumberGenerator.GetBytes(4))),
                Heartbeat = isServer ? ServerHeartbeat : AgentHeartbeat,
                ReceivesApart = isServer,
                CountsDropped = isServer,
                Observe = Log,
            },
            _logger));
    }

    // The transport itself says when it has a broker, and when not.
    private void Log(BrokerEvent happened)
    {
        switch (happened)
        {
            case PublishUnknown e:
                Unknown(e.Host, e.Frames, e.Reason);
                break;
            case FrameTooLarge e:
                TooLarge(e.Host, e.Address, e.Bytes, e.Limit);
                break;
            case BrokerRefused e:
                Refused(e.Host, e.What, e.Reason);
                break;
        }
    }

    [LoggerMessage(6111, LogLevel.Warning, "PublishUnknown: {Host} does not know whether the broker has {Frames} frames, which are sent again: {Reason}")]
    private partial void Unknown(string host, int frames, string reason);

    [LoggerMessage(6112, LogLevel.Error, "FrameTooLarge: {Host} and {Address}: a frame of {Bytes} bytes; at most {Limit} pass")]
    private partial void TooLarge(string host, string address, long bytes, long limit);

    [LoggerMessage(6113, LogLevel.Error, "BrokerRefused: the broker refuses {Host} {What}: {Reason}")]
    private partial void Refused(string host, string what, string reason);
}
