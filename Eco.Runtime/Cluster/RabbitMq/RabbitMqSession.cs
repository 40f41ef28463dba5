using RabbitMQ.Client;

namespace Eco.Runtime.Cluster.RabbitMq;

/// <summary>One connection, from its opening to its end: a channel generation. Nothing of it is used after the end.</summary>
internal sealed class RabbitMqSession(IConnection connection, RabbitMqEndpoint endpoint)
{
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RabbitMqEndpoint Endpoint { get; } = endpoint;

    public IConnection Connection { get; } = connection;

    /// <summary>Completes with the reason.</summary>
    public Task<string> Ended => _ended.Task;

    /// <summary>Whether anything that still comes by it is worth nothing.</summary>
    public bool IsOver => _ended.Task.IsCompleted;

    /// <summary>Ends it; the first reason counts.</summary>
    public void GiveUp(string reason) => _ended.TrySetResult(reason);

    /// <summary>
    /// Opens a channel of its own. The client's own tracking of confirms stays off: with version 7.1.2 it can stop for ever.
    /// </summary>
    public Task<IChannel> OpenChannelAsync(bool confirms = false) => Connection.CreateChannelAsync(new CreateChannelOptions(
        publisherConfirmationsEnabled: confirms,
        publisherConfirmationTrackingEnabled: false,
        outstandingPublisherConfirmationsRateLimiter: null,
        consumerDispatchConcurrency: 1));
}
