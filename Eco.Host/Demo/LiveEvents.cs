using System.Text.Json;
using Eco.Actors.Console;

namespace Eco.Host.Demo;

/// <summary>
/// The live events of a host, for one reader. An event may be waited for beside other things: the wait is a task, and an end in the middle
/// of it, whatever the reason, is in order.
/// </summary>
internal sealed class LiveEvents : IAsyncDisposable
{
    private readonly CancellationTokenSource _ended;
    private readonly IAsyncEnumerator<ConsoleReply> _replies;

    /// <summary>Begins to watch.</summary>
    /// <param name="watch">Opens the stream of events.</param>
    /// <param name="cancellation">Ends it.</param>
    public LiveEvents(Func<CancellationToken, IAsyncEnumerable<ConsoleReply>> watch, CancellationToken cancellation)
    {
        _ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _replies = watch(_ended.Token).GetAsyncEnumerator(_ended.Token);
        Next = _replies.MoveNextAsync().AsTask();
    }

    /// <summary>Completes when there is an event, or with false when there will be none.</summary>
    public Task<bool> Next { get; private set; }

    /// <summary>Takes the event that <see cref="Next"/> stands for, and begins to wait for another one.</summary>
    /// <returns>The event; null for something that is none.</returns>
    public LiveView? Take()
    {
        LiveView? view = _replies.Current.Data?.Deserialize(ConsoleJson.Default.LiveView);
        Next = _replies.MoveNextAsync().AsTask();
        return view;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);

        // An enumeration must not be ended while it is being advanced.
        await ((Task)Next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _replies.DisposeAsync().ConfigureAwait(false);
        _ended.Dispose();
    }
}
