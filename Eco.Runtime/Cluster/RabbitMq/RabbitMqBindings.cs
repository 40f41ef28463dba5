using System.Text;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Eco.Runtime.Cluster.RabbitMq;

/// <summary>
/// The aliases that this host has bound, done again on each connection. A host that binds an alias first sends it a word: whoever receives
/// at its former address takes the former binding away (docs/decisions/0018-aliases-move-by-a-word-to-their-former-owner.md).
/// </summary>
internal sealed partial class RabbitMqBindings : IRabbitMqLinkUser
{
    /// <summary>The type of the word.</summary>
    public const string MovedType = "eco.moved";

    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(2);

    private readonly RabbitMqTransportOptions _options;
    private readonly RabbitMqTopology _topology;
    private readonly ControlPublisher _publisher;
    private readonly Func<string, SubscriptionMode?> _modeOf;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _addresses = new(StringComparer.Ordinal);
    private readonly HashSet<string> _due = new(StringComparer.Ordinal);
    private readonly Queue<(string Alias, string Address)> _gone = new();
    private TaskCompletionSource _work = NewSignal();
    private RabbitMqSession? _session;
    private bool _isWorking;

    public RabbitMqBindings(
        RabbitMqTransportOptions options, RabbitMqTopology topology, ControlPublisher publisher, Func<string, SubscriptionMode?> modeOf, ILogger logger)
    {
        _options = options;
        _topology = topology;
        _publisher = publisher;
        _modeOf = modeOf;
        _logger = logger;
    }

    /// <summary>Whether nothing is to be done that can be.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
            {
                return _session is not null && !_isWorking && _gone.Count == 0;
            }
        }
    }

    public void Bind(string alias, string address)
    {
        lock (_gate)
        {
            if (_addresses.GetValueOrDefault(alias) == address)
            {
                return;
            }

            if (_addresses.Count >= _options.MaximumAddresses && !_addresses.ContainsKey(alias))
            {
                throw new InvalidOperationException(
                    $"{_options.HostName} has already bound {_options.MaximumAddresses} aliases; '{alias}' is one too many");
            }

            _addresses[alias] = address;
            _due.Add(alias);
            _isWorking = true;
            _work.TrySetResult();
        }

        _publisher.Tell(alias, Encoding.UTF8.GetBytes(address), MovedType);
    }

    /// <summary>What could not be bound may be possible now.</summary>
    public void TryAgain()
    {
        lock (_gate)
        {
            _work.TrySetResult();
        }
    }

    /// <summary>A queue of an address was declared anew: what was bound to it is bound again.</summary>
    public void Redo(string address)
    {
        lock (_gate)
        {
            foreach ((string alias, string bound) in _addresses)
            {
                if (bound == address)
                {
                    _due.Add(alias);
                }
            }

            _work.TrySetResult();
        }
    }

    /// <summary>An alias is bound elsewhere now.</summary>
    public void Moved(string alias, string from, string to)
    {
        if (from == to)
        {
            return;
        }

        lock (_gate)
        {
            if (_addresses.GetValueOrDefault(alias) == from)
            {
                _addresses.Remove(alias);
                _due.Remove(alias);
            }

            _gone.Enqueue((alias, from));
            _work.TrySetResult();
        }
    }

    public Task ConnectedAsync(RabbitMqSession session)
    {
        lock (_gate)
        {
            _session = session;
            _due.UnionWith(_addresses.Keys);
        }

        if (_options.DeclaresTopology)
        {
            _ = Task.Run(() => RunAsync(session));
        }

        return Task.CompletedTask;
    }

    public void Blocked(RabbitMqSession session, bool isBlocked)
    {
        // A binding waits.
    }

    public void Lost(RabbitMqSession session, string reason)
    {
        lock (_gate)
        {
            _session = null;
            _work.TrySetResult();
        }
    }

    private async Task RunAsync(RabbitMqSession session)
    {
        while (!session.IsOver)
        {
            Task work = TakeWork(out (string Alias, string Address)[] gone, out (string Alias, string Address)[] due);
            try
            {
                await DoAsync(session, gone, due).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                NotBound(_options.HostName, e.Message);
                AgainLater(gone, due);
            }

            bool isDone;
            lock (_gate)
            {
                _isWorking = !work.IsCompleted ? false : _isWorking;
                isDone = _due.Count + _gone.Count == 0;
            }

            Task next = Task.WhenAny(work, session.Ended);
            await (isDone ? next : Task.WhenAny(next, Task.Delay(TryAgainAfter, _options.TimeProvider))).ConfigureAwait(false);
        }
    }

    private Task TakeWork(out (string Alias, string Address)[] gone, out (string Alias, string Address)[] due)
    {
        lock (_gate)
        {
            if (_work.Task.IsCompleted)
            {
                _work = NewSignal();
            }

            _isWorking = _gone.Count + _due.Count > 0;
            gone = [.. _gone];
            due = [.. _due.Order(StringComparer.Ordinal).Select(alias => (alias, _addresses[alias]))];
            _gone.Clear();
            _due.Clear();
            return _work.Task;
        }
    }

    private async Task DoAsync(RabbitMqSession session, (string Alias, string Address)[] gone, (string Alias, string Address)[] due)
    {
        if (gone.Length + due.Length == 0)
        {
            return;
        }

        IChannel? channel = null;
        var declared = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            channel = await session.OpenChannelAsync().ConfigureAwait(false);
            foreach ((string alias, string address) in gone)
            {
                await UnbindAsync(channel, alias, address).ConfigureAwait(false);
            }

            foreach ((string alias, string address) in due)
            {
                try
                {
                    await BindAsync(channel, alias, address, isNew: declared.Add(address)).ConfigureAwait(false);
                }
                catch (Exception e) when (RabbitMqTopology.IsMissing(e))
                {
                    // Nobody has subscribed there yet. The broker has closed the channel over it.
                    AgainLater([], [(alias, address)]);
                    await channel.DisposeAsync().ConfigureAwait(false);
                    channel = await session.OpenChannelAsync().ConfigureAwait(false);
                }
            }
        }
        finally
        {
            if (channel is not null)
            {
                await channel.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task BindAsync(IChannel channel, string alias, string address, bool isNew)
    {
        SubscriptionMode? mode = RabbitMqNames.IsPartition(address) ? SubscriptionMode.SingleActive : _modeOf(address);
        if (isNew && mode is { } known)
        {
            await _topology.DeclareControlAsync(channel, address, known).ConfigureAwait(false);
            await _topology.DeclareTelemetryAsync(channel, address).ConfigureAwait(false);
        }

        string exchange = RabbitMqNames.ExchangeOf(alias);
        await channel.QueueBindAsync(address, exchange, alias).ConfigureAwait(false);
        await channel.QueueBindAsync(RabbitMqNames.TelemetryQueueOf(address), exchange, RabbitMqNames.TelemetryKeyOf(alias)).ConfigureAwait(false);
    }

    private static async Task UnbindAsync(IChannel channel, string alias, string address)
    {
        string exchange = RabbitMqNames.ExchangeOf(alias);
        await channel.QueueUnbindAsync(address, exchange, alias).ConfigureAwait(false);
        await channel.QueueUnbindAsync(RabbitMqNames.TelemetryQueueOf(address), exchange, RabbitMqNames.TelemetryKeyOf(alias)).ConfigureAwait(false);
    }

    private void AgainLater((string Alias, string Address)[] gone, (string Alias, string Address)[] due)
    {
        lock (_gate)
        {
            foreach ((string Alias, string Address) unbound in gone)
            {
                _gone.Enqueue(unbound);
            }

            _due.UnionWith(due.Where(bound => _addresses.GetValueOrDefault(bound.Alias) == bound.Address).Select(bound => bound.Alias));
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(3221, LogLevel.Warning, "{Host}: aliases are not bound yet, and tried again: {Reason}")]
    private partial void NotBound(string host, string reason);
}
