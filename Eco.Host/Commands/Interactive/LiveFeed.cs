using System.Threading.Channels;
using Eco.Actors.Console;
using Eco.Host.ConsoleSocket;

namespace Eco.Host.Commands.Interactive;

/// <summary>Follows what happens in the host, for as long as one runs. Where nobody looks, the oldest entries are dropped.</summary>
internal sealed class LiveFeed : IAsyncDisposable
{
    private const int Kept = 200;

    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<LiveView> _entries = Channel.CreateBounded<LiveView>(new BoundedChannelOptions(Kept) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly HostGateway _host;
    private readonly TimeProvider _time;
    private Task _following = Task.CompletedTask;

    public LiveFeed(HostGateway host, TimeProvider time)
    {
        _host = host;
        _time = time;
    }

    public ChannelReader<LiveView> Entries => _entries.Reader;

    /// <summary>Whether a host is followed now.</summary>
    public bool Follows => !_following.IsCompleted;

    /// <summary>Begins to follow, where a host runs and none is followed yet.</summary>
    public async Task TryStartAsync(CancellationToken cancellation)
    {
        if (Follows)
        {
            return;
        }

        if (await _host.ConnectAsync(cancellation).ConfigureAwait(false) is { } client)
        {
            _following = FollowAsync(client);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _following.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task FollowAsync(ConsoleClient client)
    {
        string end = "the host ended";
        await using (client.ConfigureAwait(false))
        {
            try
            {
                await foreach (LiveView live in client.WatchAsync(Arguments.None, _stop.Token).ConfigureAwait(false))
                {
                    // Numbers come many times a second; a person reads events.
                    if (live.Kind != "statistic")
                    {
                        _entries.Writer.TryWrite(live);
                    }
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception error) when (error is IOException or CommandException)
            {
                end = (error as CommandException)?.Error.Cause ?? error.Message;
            }
        }

        _entries.Writer.TryWrite(new LiveView("console", _time.GetUtcNow(), null, null, null, end, null));
    }
}
