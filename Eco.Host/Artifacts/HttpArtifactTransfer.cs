using System.Net.Sockets;
using Eco.Runtime.Actors;
using Eco.Runtime.Dispatch;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Artifacts;
using Microsoft.Extensions.Logging;

namespace Eco.Host.Artifacts;

/// <summary>
/// Transfers over HTTP between an agent's store and the server that it was told to use. Each is an attempt of its own that goes on where the last one ended, streams through a
/// small buffer, and is given up when it stands still. Nothing is opened before the first request; what is idle is closed again.
/// </summary>
public sealed class HttpArtifactTransfer : IArtifactTransfer, IAsyncDisposable
{
    private readonly HttpArtifactTransferOptions _options;
    private readonly IArtifactContent _store;
    private readonly TimeProvider _time;
    private readonly BackgroundRunner _runner;
    private readonly TransferDesk _desk;
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _running = [];
    private volatile Uri? _server;
    private bool _isClosed;

    // Made with the first attempt: an agent that has nothing to fetch need not load what fetches.
    private HttpClient? _client;

    /// <summary>Makes the port of one agent.</summary>
    /// <param name="options">Limits and patience.</param>
    /// <param name="store">The agent's artefacts.</param>
    /// <param name="time">Measures patience.</param>
    /// <param name="logging">Where the log goes.</param>
    public HttpArtifactTransfer(HttpArtifactTransferOptions options, IArtifactContent store, TimeProvider time, ILoggerFactory logging)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _store = store;
        _time = time;
        _runner = new BackgroundRunner(logging);
        _desk = new TransferDesk(options.Limits, Start);
    }

    /// <inheritdoc/>
    public void UseServer(string? endpoint)
    {
        if (endpoint is not null && Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? server) && (server.Scheme == Uri.UriSchemeHttp || server.Scheme == Uri.UriSchemeHttps))
        {
            _server = server;
        }
    }

    /// <inheritdoc/>
    public void Upload(UploadArtifact request, IActorRef replyTo) => _desk.Ask(request, replyTo);

    /// <inheritdoc/>
    public void Download(DownloadArtifact request, IActorRef replyTo) => _desk.Ask(request, replyTo);

    /// <inheritdoc/>
    public void Cancel(string hash, IActorRef replyTo) => _desk.Cancel(hash, replyTo);

    /// <summary>Cuts off what is under way; it goes on at the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            running = [.. _running];
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(false);
        _client?.Dispose();
        _closing.Dispose();
    }

    private void Start(TransferJob job)
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                Task attempt = _runner.RunLoop($"transfer of {job.Hash}", _ => AttemptAsync(job), CancellationToken.None);
                _running.Add(attempt);
                attempt.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
    }

    private void Forget(Task attempt)
    {
        lock (_gate)
        {
            _running.Remove(attempt);
        }
    }

    private async Task AttemptAsync(TransferJob job)
    {
        if (_server is not { } server)
        {
            _desk.Fail(job, TransferFault.Unreachable, "no server has told its address yet");
            return;
        }

        using var patience = new CancellationTokenSource(_options.Patience, _time);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, job.Unwanted, _closing.Token);
        var attempt = new HttpTransferAttempt(Client(), server, _store, job, bytes => Move(job, patience, bytes), ends.Token);
        try
        {
            await (job.IsUpload ? attempt.UploadAsync() : attempt.DownloadAsync()).ConfigureAwait(false);
            _desk.Complete(job);
        }
        catch (TransferException e)
        {
            _desk.Fail(job, e.Fault, e.Message);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            string reason = patience.IsCancellationRequested
                ? FormattableString.Invariant($"nothing has moved between here and {server} for {_options.Patience.TotalSeconds} s")
                : "it was taken back";
            _desk.Fail(job, TransferFault.Interrupted, reason);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            bool neverReached = e is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } || e is OperationCanceledException;
            string cause = e.GetBaseException() is SocketException socket ? socket.Message : e.Message;
            _desk.Fail(job, neverReached ? TransferFault.Unreachable : TransferFault.Interrupted, $"{server}: {cause.ReplaceLineEndings(" ")}");
        }
        catch (Exception e)
        {
            // A defect; who asked must still be answered, and the runner logs it.
            _desk.Fail(job, TransferFault.Interrupted, $"{e.GetType().Name}: {e.Message}");
            throw;
        }
    }

    private void Move(TransferJob job, CancellationTokenSource patience, long bytes)
    {
        patience.CancelAfter(_options.Patience);
        _desk.Progress(job, bytes);
    }

    private HttpClient Client()
    {
        lock (_gate)
        {
            return _client ??= MakeClient();
        }
    }

    private HttpClient MakeClient()
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = _options.ConnectWithin,
            PooledConnectionIdleTimeout = _options.KeepIdleFor,
            MaxConnectionsPerServer = _options.Limits.MaximumActive,
            ActivityHeadersPropagator = null,
        };
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
