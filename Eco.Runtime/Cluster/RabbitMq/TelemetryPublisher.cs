using RabbitMQ.Client;

namespace Eco.Runtime.Cluster.RabbitMq;

/// <summary>Publishes telemetry, unconfirmed, on a channel of its own. What waits for a connection is bounded; the oldest gives way and is counted.</summary>
internal sealed class TelemetryPublisher(RabbitMqTransportOptions options) : IRabbitMqLinkUser
{
    private static readonly BasicProperties Transient = new() { DeliveryMode = DeliveryModes.Transient };

    private readonly Lock _gate = new();
    private readonly Queue<(string Key, byte[] Body)> _waiting = new();
    private TaskCompletionSource _work = NewSignal();
    private RabbitMqSession? _session;
    private bool _isBlocked;
    private long _dropped;

    /// <summary>Frames that gave way.</summary>
    public long Dropped
    {
        get
        {
            lock (_gate)
            {
                return _dropped;
            }
        }
    }

    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    public void Send(TransportSend send)
    {
        lock (_gate)
        {
            _waiting.Enqueue((send.To, send.Frame));
            if (_waiting.Count > options.MaximumTelemetryWaiting)
            {
                _waiting.Dequeue();
                _dropped++;
            }

            _work.TrySetResult();
        }
    }

    public async Task ConnectedAsync(RabbitMqSession session)
    {
        IChannel channel = await session.OpenChannelAsync().ConfigureAwait(false);
        channel.ChannelShutdownAsync += (_, e) =>
        {
            session.GiveUp(e.ReplyText);
            return Task.CompletedTask;
        };
        lock (_gate)
        {
            _session = session;
            _isBlocked = false;
        }

        _ = PublishAsync(session, channel);
    }

    public void Blocked(RabbitMqSession session, bool isBlocked)
    {
        lock (_gate)
        {
            _isBlocked = isBlocked && _session == session;
            _work.TrySetResult();
        }
    }

    public void Lost(RabbitMqSession session, string reason)
    {
        lock (_gate)
        {
            _session = _session == session ? null : _session;
            _work.TrySetResult();
        }
    }

    private async Task PublishAsync(RabbitMqSession session, IChannel channel)
    {
        try
        {
            while (await NextAsync(session).ConfigureAwait(false) is { } frame)
            {
                await channel.BasicPublishAsync(
                    RabbitMqNames.ExchangeOf(frame.Key), RabbitMqNames.TelemetryKeyOf(frame.Key), false, Transient, frame.Body).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            session.GiveUp($"publishing has failed: {e.Message}");
        }
    }

    private async Task<(string Key, byte[] Body)?> NextAsync(RabbitMqSession session)
    {
        while (true)
        {
            Task work;
            lock (_gate)
            {
                if (_session != session)
                {
                    return null;
                }

                if (!_isBlocked && _waiting.TryDequeue(out (string, byte[]) next))
                {
                    return next;
                }

                if (_work.Task.IsCompleted)
                {
                    _work = NewSignal();
                }

                work = _work.Task;
            }

            await work.ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
