using System.Collections.Immutable;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Eco.Actors.Console;
using Eco.Host.Commands;
using Eco.Host.State;

namespace Eco.Host.ConsoleSocket;

/// <summary>One connection to the host of a state directory. One verb at a time; a stream takes a connection of its own.</summary>
public sealed class ConsoleClient : IAsyncDisposable
{
    private readonly LineChannel _channel;
    private readonly StateDirectory _state;
    private readonly ConsoleSocketOptions _options;
    private readonly TimeProvider _time;
    private long _lastId;

    private ConsoleClient(LineChannel channel, StateDirectory state, ConsoleSocketOptions options, TimeProvider time)
    {
        _channel = channel;
        _state = state;
        _options = options;
        _time = time;
    }

    /// <summary>Connects; null where no host listens.</summary>
    /// <exception cref="CommandException">Code <c>no-host</c>: there is a host, but this user may not talk to it.</exception>
    public static async Task<ConsoleClient?> TryConnectAsync(
        StateDirectory state, ConsoleSocketOptions options, TimeProvider time, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(options);
        if (ConsoleSocketPath.Find(state) is not { } path)
        {
            return null;
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation).ConfigureAwait(false);
            return new ConsoleClient(new LineChannel(new NetworkStream(socket, ownsSocket: true), options.MaxReplyBytes), state, options, time);
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.AccessDenied)
        {
            socket.Dispose();
            throw new CommandException(
                ConsoleErrorCodes.NoHost,
                $"the host of '{state.Name}' belongs to another user",
                "run the command as the user who runs the host",
                error);
        }
        catch (SocketException)
        {
            // A socket file that a killed host left behind: nobody listens.
            socket.Dispose();
            return null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a verb and waits for its reply.</summary>
    /// <exception cref="CommandException">Code <c>no-host</c>: no reply came in time, or the host ended.</exception>
    public async Task<ConsoleReply> AskAsync(
        string verb, ImmutableSortedDictionary<string, string> arguments, string? body, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(_options.AnswerTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            long id = await SendAsync(verb, arguments, body, either.Token).ConfigureAwait(false);
            while (true)
            {
                ConsoleReply reply = await ReceiveAsync(either.Token).ConfigureAwait(false) ?? throw Ended(null);
                if (reply.Id == id || reply is { Id: 0, Error: not null })
                {
                    return reply;
                }
            }
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new CommandException(
                ConsoleErrorCodes.NoHost,
                $"the host of '{_state.Name}' did not answer within {_options.AnswerTimeout.TotalSeconds:0} s",
                "try again; 'eco doctor' looks at the host and its state",
                error);
        }
        catch (IOException error)
        {
            throw Ended(error);
        }
    }

    /// <summary>Streams what happens, until the host ends or the caller cancels.</summary>
    /// <exception cref="CommandException">The host refused.</exception>
    public async IAsyncEnumerable<LiveView> WatchAsync(
        ImmutableSortedDictionary<string, string> arguments, [EnumeratorCancellation] CancellationToken cancellation)
    {
        long id = await SendAsync(ConsoleVerbs.Watch, arguments, body: null, cancellation).ConfigureAwait(false);
        while (await ReceiveAsync(cancellation).ConfigureAwait(false) is { } reply)
        {
            if (reply.Error is { } error)
            {
                throw new CommandException(error);
            }

            if (reply.Id != id)
            {
                continue;
            }

            if (reply.Data is { } data && data.Deserialize(ConsoleJson.Default.LiveView) is { } live)
            {
                yield return live;
            }

            if (!reply.More)
            {
                yield break;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    private async Task<long> SendAsync(
        string verb, ImmutableSortedDictionary<string, string> arguments, string? body, CancellationToken cancellation)
    {
        var request = new ConsoleRequest(++_lastId, verb, arguments, body);
        byte[] line = JsonSerializer.SerializeToUtf8Bytes(request, ConsoleJson.Default.ConsoleRequest);
        if (line.Length > _options.MaxRequestBytes)
        {
            throw new CommandException(
                ConsoleErrorCodes.Invalid,
                $"the request is {line.Length} bytes long, the limit is {_options.MaxRequestBytes}",
                "split the file; data belongs in artefacts, not in an ION");
        }

        await _channel.WriteAsync(line, cancellation).ConfigureAwait(false);
        return request.Id;
    }

    private async Task<ConsoleReply?> ReceiveAsync(CancellationToken cancellation)
    {
        byte[]? line = await _channel.ReadAsync(cancellation).ConfigureAwait(false);
        try
        {
            return line is null ? null : JsonSerializer.Deserialize(line, ConsoleJson.Default.ConsoleReply);
        }
        catch (JsonException error)
        {
            throw new CommandException(
                ConsoleErrorCodes.NoHost,
                $"what answers on the socket of '{_state.Name}' is no eco host of this version",
                "use the version of eco that runs the host",
                error);
        }
    }

    private CommandException Ended(Exception? inner) => new(
        ConsoleErrorCodes.NoHost,
        $"the host of '{_state.Name}' ended before it answered",
        "start it again; 'eco timeline' shows what it did",
        inner);
}
