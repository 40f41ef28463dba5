using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Eco.Runtime.Cluster.RabbitMq;

/// <summary>
/// Keeps one connection: walks through the nodes until one answers, tells its users, watches, and begins again. The client's own recovery
/// stays off: it restores consumers that the broker then forgets, and cannot be stopped.
/// </summary>
internal sealed partial class RabbitMqLink
{
    private static readonly TimeSpan SteadyAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(1);

    // Larger bodies end the connection within the client; smaller ones that are too large for a frame are refused one by one.
    private const uint MaximumBodyBytes = 16 << 20;

    private readonly RabbitMqTransportOptions _options;
    private readonly string _purpose;
    private readonly ILogger _logger;
    private readonly ImmutableArray<IRabbitMqLinkUser> _users;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly ConnectionFactory _factory;
    private Task _loop = Task.CompletedTask;
    private Task _closing = Task.CompletedTask;
    private LinkState _state;

    public RabbitMqLink(RabbitMqTransportOptions options, string purpose, ImmutableArray<IRabbitMqLinkUser> users, ILogger logger)
    {
        _options = options;
        _purpose = purpose;
        _users = users;
        _logger = logger;
        _state = new LinkState(null, options.TimeProvider.GetUtcNow(), 0, false);
        _factory = new ConnectionFactory
        {
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            UserName = options.Credentials.UserName,
            Password = options.Credentials.Password,
            VirtualHost = options.VirtualHost,
            RequestedHeartbeat = options.Heartbeat,
            RequestedConnectionTimeout = options.ConnectTimeout,
            HandshakeContinuationTimeout = options.ConnectTimeout,
            ContinuationTimeout = options.RequestTimeout,
            ConsumerDispatchConcurrency = 1,
            MaxInboundMessageBodySize = MaximumBodyBytes,
        };
    }

    /// <summary>The present connection; null while there is none.</summary>
    public RabbitMqSession? Session => State.Session;

    public LinkState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>Closes the connection and seeks no other; may be called again.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        Session?.GiveUp("the host is stopping");
        await _loop.ConfigureAwait(false);
        await _closing.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        int failures = 0;
        for (int next = 0; !_stop.IsCancellationRequested; next = (next + 1) % _options.Endpoints.Length)
        {
            RabbitMqEndpoint endpoint = _options.Endpoints[next];
            (RabbitMqSession? session, string failure) = await TryConnectAsync(endpoint).ConfigureAwait(false);
            if (session is not null)
            {
                long opened = _options.TimeProvider.GetTimestamp();
                await ServeAsync(session).ConfigureAwait(false);
                failures = _options.TimeProvider.GetElapsedTime(opened) >= SteadyAfter ? 0 : failures + 1;
            }
            else if (++failures == _options.Endpoints.Length)
            {
                Unreachable(_options.HostName, _purpose, failure);
                _options.Observe(new BrokerUnreachable(_options.HostName, _purpose, failure));
            }

            if (failures > 0 && failures % _options.Endpoints.Length == 0)
            {
                await PauseAsync(failures / _options.Endpoints.Length).ConfigureAwait(false);
            }
        }
    }

    private async Task<(RabbitMqSession? Session, string Failure)> TryConnectAsync(RabbitMqEndpoint endpoint)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        using CancellationTokenSource timeout = new(_options.ConnectTimeout, _options.TimeProvider);
        using CancellationTokenRegistration linked = timeout.Token.Register(limit.Cancel);
        try
        {
            IConnection connection = await _factory.CreateConnectionAsync(
                [new AmqpTcpEndpoint(endpoint.Host, endpoint.Port, new SslOption(), MaximumBodyBytes)],
                $"{_options.HostName}/{_purpose}",
                limit.Token).ConfigureAwait(false);
            return (new RabbitMqSession(connection, endpoint), string.Empty);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever it is, the next attempt may succeed: a host starts and works without its broker.
            string failure = timeout.IsCancellationRequested ? $"{endpoint} does not answer" : $"{endpoint}: {Innermost(e).Message}";
            NotConnected(_options.HostName, _purpose, failure);
            return (null, failure);
        }
    }

    private async Task ServeAsync(RabbitMqSession session)
    {
        IConnection connection = session.Connection;
        connection.ConnectionShutdownAsync += (_, e) => Ended(session, e);
        connection.ConnectionBlockedAsync += (_, e) => Blocked(session, true, e.Reason);
        connection.ConnectionUnblockedAsync += (_, _) => Blocked(session, false, string.Empty);
        connection.CallbackExceptionAsync += (_, e) => CallbackFailed(session, e);
        LinkState state = Become(state => state with { Session = session, Since = _options.TimeProvider.GetUtcNow(), IsBlocked = false });
        try
        {
            foreach (IRabbitMqLinkUser user in _users)
            {
                await user.ConnectedAsync(session).ConfigureAwait(false);
            }

            Connected(_options.HostName, _purpose, session.Endpoint, state.Reconnects);
            _options.Observe(new BrokerConnected(_options.HostName, _purpose, session.Endpoint, state.Reconnects));
            await WatchAsync(session).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            session.GiveUp(Innermost(e).Message);
            _options.Observe(new BrokerRefused(_options.HostName, $"the connection '{_purpose}' to {session.Endpoint}", Innermost(e).Message));
        }

        string reason = await session.Ended.ConfigureAwait(false);
        Become(state => new LinkState(null, _options.TimeProvider.GetUtcNow(), state.Reconnects + 1, false));
        Disconnected(_options.HostName, _purpose, session.Endpoint, reason);
        foreach (IRabbitMqLinkUser user in _users)
        {
            user.Lost(session, reason);
        }

        if (!_stop.IsCancellationRequested)
        {
            _options.Observe(new BrokerReconnect(_options.HostName, _purpose, session.Endpoint, reason));
        }

        // Not awaited here: a dead node would hold up the next one.
        _closing = Task.WhenAll(_closing.IsCompleted ? Task.CompletedTask : _closing, CloseAsync(connection));
    }

    /// <summary>The events of the client are not all there is: a connection that is closed without one is seen here.</summary>
    private async Task WatchAsync(RabbitMqSession session)
    {
        while (!session.IsOver)
        {
            if (!session.Connection.IsOpen)
            {
                session.GiveUp(session.Connection.CloseReason?.ReplyText ?? "it is closed");
            }

            await Task.WhenAny(session.Ended, Task.Delay(LookEvery, _options.TimeProvider, _stop.Token)).ConfigureAwait(false);
        }
    }

    private static Task Ended(RabbitMqSession session, ShutdownEventArgs e)
    {
        session.GiveUp(e.ReplyText);
        return Task.CompletedTask;
    }

    private Task Blocked(RabbitMqSession session, bool isBlocked, string reason)
    {
        Become(state => state.Session == session ? state with { IsBlocked = isBlocked } : state);
        foreach (IRabbitMqLinkUser user in _users)
        {
            user.Blocked(session, isBlocked);
        }

        BlockedNow(_options.HostName, isBlocked, reason);
        _options.Observe(new BrokerBlocked(_options.HostName, isBlocked, reason));
        return Task.CompletedTask;
    }

    private Task CallbackFailed(RabbitMqSession session, CallbackExceptionEventArgs e)
    {
        session.GiveUp($"a handler failed: {e.Exception.Message}");
        return Task.CompletedTask;
    }

    private async Task CloseAsync(IConnection connection)
    {
        try
        {
            await connection.AbortAsync(CloseWithin).WaitAsync(CloseWithin + CloseWithin, _options.TimeProvider).ConfigureAwait(false);
            await connection.DisposeAsync().AsTask().WaitAsync(CloseWithin + CloseWithin, _options.TimeProvider).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // It was given up already; nothing depends on how it ends.
            NotClosed(_options.HostName, _purpose, e.Message);
        }
    }

    private async Task PauseAsync(int walks)
    {
        double doubled = _options.FirstPause.TotalMilliseconds * Math.Pow(2, Math.Min(walks - 1, 20));
        double bounded = Math.Min(doubled, _options.LongestPause.TotalMilliseconds);
        // A stop cuts it short, which is no failure: the loop sees it.
        await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(bounded * Jitter()), _options.TimeProvider, _stop.Token)).ConfigureAwait(false);
    }

    private double Jitter()
    {
        lock (_options.Random)
        {
            return 0.5 + (_options.Random.NextDouble() / 2);
        }
    }

    private LinkState Become(Func<LinkState, LinkState> change)
    {
        lock (_gate)
        {
            return _state = change(_state);
        }
    }

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;

    /// <summary>How a link stands.</summary>
    internal sealed record LinkState(RabbitMqSession? Session, DateTimeOffset Since, long Reconnects, bool IsBlocked);
}
