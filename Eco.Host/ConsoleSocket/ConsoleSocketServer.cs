using System.Collections.Immutable;
using System.Net.Sockets;
using System.Text.Json;
using Eco.Actors.Console;
using Eco.Host.State;
using Microsoft.Extensions.Logging;

namespace Eco.Host.ConsoleSocket;

/// <summary>
/// Listens on the state directory's Unix domain socket (mode 0600) and hands each request to an <see cref="IConsoleEndpoint"/>: one JSON object a
/// line, many clients, several requests of a client at a time, replies as they come.
/// </summary>
public sealed partial class ConsoleSocketServer : IAsyncDisposable
{
    private readonly StateDirectory _state;
    private readonly IConsoleEndpoint _endpoint;
    private readonly ConsoleSocketOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _clients = [];
    private readonly Task _accepting;

    private ConsoleSocketServer(
        StateDirectory state, IConsoleEndpoint endpoint, ConsoleSocketOptions options, TimeProvider time, ILogger logger, Socket listener)
    {
        _state = state;
        _endpoint = endpoint;
        _options = options;
        _time = time;
        _logger = logger;
        _listener = listener;
        _accepting = AcceptAsync();
    }

    /// <summary>Listens. The caller holds the state directory's lock.</summary>
    /// <exception cref="Commands.CommandException">Code <c>state</c>: the socket cannot be made.</exception>
    public static ConsoleSocketServer Start(
        StateDirectory state, IConsoleEndpoint endpoint, ConsoleSocketOptions options, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(options);
        string path = ConsoleSocketPath.Prepare(state);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(path));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            listener.Listen(options.MaxClients);
            return new ConsoleSocketServer(state, endpoint, options, time, logger, listener);
        }
        catch (Exception error) when (error is SocketException or IOException or UnauthorizedAccessException)
        {
            listener.Dispose();
            throw new Commands.CommandException(
                ConsoleErrorCodes.State,
                $"the console's socket '{path}' cannot be made: {error.Message}",
                "use a state directory on a local file system that this user may write",
                error);
        }
    }

    /// <summary>Stops listening, ends all clients and removes the socket.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        _listener.Dispose();
        Task[] clients;
        lock (_gate)
        {
            clients = [.. _clients];
        }

        await Task.WhenAll(clients).ConfigureAwait(false);
        ConsoleSocketPath.Remove(_state);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Socket client = await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
                Serve(client);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException error)
            {
                // Out of descriptors, or a client that went away while it connected: the next one may do better.
                LogAcceptFailed(error);
                await Task.Yield();
            }
        }
    }

    private void Serve(Socket client)
    {
        bool full;
        lock (_gate)
        {
            full = _clients.Count >= _options.MaxClients;
        }

        Task serving = full ? RefuseAsync(client) : ServeAsync(client);
        lock (_gate)
        {
            _clients.Add(serving);
        }

        _ = serving.ContinueWith(
            done =>
            {
                lock (_gate)
                {
                    _clients.Remove(done);
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private async Task RefuseAsync(Socket client)
    {
        await using var channel = new LineChannel(new NetworkStream(client, ownsSocket: true), _options.MaxRequestBytes);
        await SendAsync(
            channel,
            ConsoleJson.Failure(
                0, ConsoleErrorCodes.Refused, $"the host already serves {_options.MaxClients} consoles", "close one of them and try again"),
            _stop.Token).ConfigureAwait(false);
    }

    private async Task ServeAsync(Socket client)
    {
        // The accepting loop goes on at once.
        await Task.Yield();

        // Streams end with the connection; answers that are being made still get their time.
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        using var answering = new CancellationTokenSource();
        await using var channel = new LineChannel(new NetworkStream(client, ownsSocket: true), _options.MaxRequestBytes);
        using var slots = new SemaphoreSlim(_options.MaxRequestsPerClient);
        var running = new List<Task>();
        try
        {
            while (await channel.ReadAsync(reading.Token).ConfigureAwait(false) is { } line)
            {
                await slots.WaitAsync(reading.Token).ConfigureAwait(false);
                running.RemoveAll(task => task.IsCompleted);
                running.Add(AnswerAsync(channel, line, slots, reading, answering.Token));
            }
        }
        catch (OperationCanceledException) when (reading.IsCancellationRequested)
        {
            LogClientEnded("the host stops, or the client took no reply in time");
        }
        catch (InvalidDataException error)
        {
            await SendQuietlyAsync(
                channel,
                ConsoleJson.Failure(0, ConsoleErrorCodes.Usage, $"the request cannot be read: {error.Message}", "send less at a time"),
                answering.Token).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            LogClientEnded(error.Message);
        }

        await reading.CancelAsync().ConfigureAwait(false);
        using var limit = new CancellationTokenSource(_stop.IsCancellationRequested ? _options.StopGrace : _options.AnswerTimeout, _time);
        using CancellationTokenRegistration late = limit.Token.Register(answering.Cancel);
        using CancellationTokenRegistration stopping = _stop.Token.Register(() => limit.CancelAfter(_options.StopGrace));
        await Task.WhenAll(running).ConfigureAwait(false);
    }

    private async Task AnswerAsync(
        LineChannel channel, byte[] line, SemaphoreSlim slots, CancellationTokenSource reading, CancellationToken answering)
    {
        long id = 0;
        try
        {
            if (!TryRead(line, out ConsoleRequest? request, out string problem))
            {
                ConsoleReply refusal = ConsoleJson.Failure(
                    0, ConsoleErrorCodes.Usage, $"the request is not a console request: {problem}", "send one JSON object a line, as docs/commands.md shows");
                await SendAsync(channel, refusal, answering).ConfigureAwait(false);
                return;
            }

            id = request!.Id;
            if (request.Verb == ConsoleVerbs.Watch)
            {
                await foreach (ConsoleReply reply in _endpoint.WatchAsync(request, reading.Token).ConfigureAwait(false))
                {
                    await SendAsync(channel, reply with { More = true }, reading.Token).ConfigureAwait(false);
                }

                await SendAsync(channel, new ConsoleReply(id, Data: null, Error: null), reading.Token).ConfigureAwait(false);
                return;
            }

            await SendAsync(channel, await _endpoint.AskAsync(request, answering).ConfigureAwait(false), answering).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The client or the host ended, or a write took too long: no further reply can arrive, so nothing else of this client need be read.
            await reading.CancelAsync().ConfigureAwait(false);
        }
        catch (IOException error)
        {
            LogClientEnded(error.Message);
        }
#pragma warning disable CA1031 // The endpoint's bug must not end the socket: it is logged and told.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogAnswerFailed(error, id);
            ConsoleReply failure = ConsoleJson.Failure(
                id, ConsoleErrorCodes.Internal, $"the host failed at this verb: {error.Message}", "the host's log has the details");
            await SendQuietlyAsync(channel, failure, answering).ConfigureAwait(false);
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task SendQuietlyAsync(LineChannel channel, ConsoleReply reply, CancellationToken cancellation)
    {
        try
        {
            await SendAsync(channel, reply, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            LogClientEnded(error.Message);
        }
    }

    private async Task SendAsync(LineChannel channel, ConsoleReply reply, CancellationToken cancellation)
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(reply, ConsoleJson.Default.ConsoleReply);
        if (bytes.Length > _options.MaxReplyBytes)
        {
            bytes = JsonSerializer.SerializeToUtf8Bytes(
                ConsoleJson.Failure(
                    reply.Id, ConsoleErrorCodes.Refused, $"the answer is longer than {_options.MaxReplyBytes} bytes", "ask for less, for instance with --limit"),
                ConsoleJson.Default.ConsoleReply);
        }

        using var limit = new CancellationTokenSource(_options.WriteTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        await channel.WriteAsync(bytes, either.Token).ConfigureAwait(false);
    }

    private static bool TryRead(byte[] line, out ConsoleRequest? request, out string problem)
    {
        request = null;
        try
        {
            request = JsonSerializer.Deserialize(line, ConsoleJson.Default.ConsoleRequest);
            problem = request is null ? "it is null" : string.IsNullOrEmpty(request.Verb) ? "it has no verb" : "";
            if (problem.Length > 0)
            {
                return false;
            }

            request = request! with { Arguments = request.Arguments ?? ImmutableSortedDictionary<string, string>.Empty };
            return true;
        }
        catch (JsonException error)
        {
            problem = error.Message;
            return false;
        }
    }
}
