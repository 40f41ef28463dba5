using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Eco.Engines.Abstractions;
using Eco.Engines.Process;

namespace Eco.Host.Composition.EngineProcesses;

/// <summary>
/// An engine process (<c>eco engine-process SOCKET KEEP-FOR-MS</c>, started by an agent alone): listens for its agent, carries out its calls, waits a
/// while when it has gone, and ends.
/// </summary>
internal sealed class EngineProcessServer : IDisposable
{
    private const int UsageExit = 2;
    private const int CoreLimit = 4;
    private readonly EngineSession _session;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly string _runId;
    private readonly TimeSpan _keepFor;
    private readonly CancellationTokenSource _end = new();
    private readonly ITimer _alone;
    private int _connections;

    /// <summary>Makes it; it does not listen yet.</summary>
    /// <param name="session">What it works with.</param>
    /// <param name="runId">Who it is.</param>
    /// <param name="keepFor">So long it waits for an agent.</param>
    /// <param name="time">The clock.</param>
    public EngineProcessServer(EngineSession session, string runId, TimeSpan keepFor, TimeProvider time)
    {
        _session = session;
        _runId = runId;
        _keepFor = keepFor;
        _alone = time.CreateTimer(_ => _end.Cancel(), null, keepFor, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The process's main program.</summary>
    /// <param name="arguments">Socket and time to keep.</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        if (arguments.Count != 2
            || !long.TryParse(arguments[1], NumberStyles.None, CultureInfo.InvariantCulture, out long keepFor)
            || Environment.GetEnvironmentVariable(EngineProcessRecord.RunIdVariable) is not { Length: > 0 } runId)
        {
            await Console.Error.WriteLineAsync("eco: an agent starts this verb by itself, see eco.engines.isolation").ConfigureAwait(false);
            return UsageExit;
        }

        Settle();
        using var session = new EngineSession(EngineCatalogue.Default.Engines);
        using var server = new EngineProcessServer(session, runId, TimeSpan.FromMilliseconds(keepFor), TimeProvider.System);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            server._end.Cancel();
        });
        await server.ListenAsync(arguments[0], () =>
        {
            Console.Out.WriteLine("listening");
            Console.Out.Flush();
        }).ConfigureAwait(false);
        return 0;
    }

    /// <summary>Serves until it is asked to end, or nobody has come for too long.</summary>
    /// <param name="path">The socket's path.</param>
    /// <param name="listening">Called when it can be connected to.</param>
    public async Task ListenAsync(string path, Action listening)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        socket.Listen();
        listening();
        try
        {
            while (true)
            {
                Socket connection = await socket.AcceptAsync(_end.Token).ConfigureAwait(false);
                _ = ServeAsync(connection);
            }
        }
        catch (OperationCanceledException)
        {
            // A step that is under way ends before the pipeline is taken away from under it.
            await _turn.WaitAsync(_keepFor).ConfigureAwait(false);
            File.Delete(path);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _alone.Dispose();
        _end.Dispose();
        _turn.Dispose();
    }

    private async Task ServeAsync(Socket socket)
    {
        bool isAgent = false;
        try
        {
            using var stream = new NetworkStream(socket, ownsSocket: true);
            while (await EngineFrames.ReadAsync(stream, _end.Token).ConfigureAwait(false) is { } frame)
            {
                EngineCall call = EngineCodec.DecodeCall(frame);
                if (call is OpenSession open && open.RunId == _runId && !isAgent)
                {
                    // At once, also while a step of the former agent is under way.
                    isAgent = true;
                    Interlocked.Increment(ref _connections);
                    _alone.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                    await EngineFrames.WriteAsync(stream, EngineCodec.Encode(new SessionOpened(_runId, _session.Steps)), _end.Token).ConfigureAwait(false);
                    continue;
                }

                if (!isAgent)
                {
                    return;
                }

                EngineAnswer answer = await AnswerAsync(call).ConfigureAwait(false);
                await EngineFrames.WriteAsync(stream, EngineCodec.Encode(answer), _end.Token).ConfigureAwait(false);
                if (answer is SessionEnded)
                {
                    await _end.CancelAsync().ConfigureAwait(false);
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception error) when (error is IOException or SocketException or PipelineException)
        {
            // The agent has gone, or is none; what it did not hear of is told to the next one.
            await Console.Error.WriteLineAsync($"the connection has ended: {error.Message}").ConfigureAwait(false);
        }
        finally
        {
            if (isAgent && Interlocked.Decrement(ref _connections) == 0 && !_end.IsCancellationRequested)
            {
                _alone.Change(_keepFor, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private async Task<EngineAnswer> AnswerAsync(EngineCall call)
    {
        await _turn.WaitAsync(_end.Token).ConfigureAwait(false);
        try
        {
            return _session.Answer(call);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Leaves the agent's terminal, dumps no core, and is the first to go when memory is short.</summary>
    private static void Settle()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // Each is a precaution: without it the engine works as well.
        _ = StartSession();
        _ = SetLimit(CoreLimit, new Limit(0, 0));
        try
        {
            File.WriteAllText("/proc/self/oom_score_adj", "500");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"oom_score_adj: {error.Message}");
        }
    }

    [DllImport("libc", EntryPoint = "setsid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int StartSession();

    [DllImport("libc", EntryPoint = "setrlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetLimit(int resource, in Limit limit);

    /// <summary>Soft and hard limit.</summary>
    private readonly record struct Limit(ulong Soft, ulong Hard);
}
