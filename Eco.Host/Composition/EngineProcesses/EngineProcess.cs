using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Eco.Engines.Abstractions;
using Eco.Engines.Process;
using Eco.Host.Fleet;

namespace Eco.Host.Composition.EngineProcesses;

/// <summary>One engine process as its agent has it: started or found again, with a connection. For one caller at a time.</summary>
internal sealed class EngineProcess : IAsyncDisposable
{
    private const int TailCharacters = 500;
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(10);

    private readonly string _folder;
    private readonly EngineProcessOptions _options;
    private readonly TimeProvider _time;
    private readonly NetworkStream _stream;
    private readonly Process? _child;
    private readonly StringBuilder _lastWords;

    private EngineProcess(
        EngineProcessRecord record, string folder, EngineProcessOptions options, TimeProvider time, NetworkStream stream, Process? child, StringBuilder lastWords)
    {
        Record = record;
        _folder = folder;
        _options = options;
        _time = time;
        _stream = stream;
        _child = child;
        _lastWords = lastWords;
    }

    /// <summary>Which process it is.</summary>
    public EngineProcessRecord Record { get; }

    /// <summary>Whether it was there before this start of the agent.</summary>
    public bool IsAdopted => _child is null;

    /// <summary>Starts a process and waits until it answers.</summary>
    /// <exception cref="PipelineException">It did not start; says why.</exception>
    public static async Task<EngineProcess> StartAsync(string folder, string instanceId, EngineProcessOptions options, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        string runId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        string socket = EngineProcessRecord.SocketIn(folder, runId);
        Process child = Process.Start(EngineProgram.StartOf(socket, runId, options))
            ?? throw new PipelineException("an engine process could not be started");
        var lastWords = new StringBuilder();
        child.ErrorDataReceived += (_, line) => Keep(lastWords, line.Data);
        child.BeginErrorReadLine();
        child.StandardInput.Close();
        ProcessIdentity identity = ProcessIdentity.Of(child.Id) ?? new ProcessIdentity(child.Id, 0);
        var record = new EngineProcessRecord(instanceId, runId, identity.Pid, identity.StartTicks, socket);
        record.Save(folder);
        try
        {
            // It says so in a line when it listens; without one it has ended.
            string? listening = await child.StandardOutput.ReadLineAsync().WaitAsync(options.StartWithin, time).ConfigureAwait(false);
            if (listening is null)
            {
                throw new IOException("it ended while it started");
            }

            return await ConnectAsync(record, folder, options, time, child, lastWords).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException or TimeoutException or PipelineException)
        {
            Signals.Send(identity, Signals.Kill);
            string reason = await EndOf(child, lastWords, options, time).ConfigureAwait(false);
            record.Remove(folder);
            child.Dispose();
            throw new PipelineException($"the engine process did not start: {error.Message} ({reason})", error);
        }
    }

    /// <summary>Connects to a process that a former start of the agent has left.</summary>
    /// <exception cref="PipelineException">It does not answer as it should.</exception>
    public static async Task<EngineProcess> AdoptAsync(EngineProcessRecord record, string folder, EngineProcessOptions options, TimeProvider time)
    {
        try
        {
            return await ConnectAsync(record, folder, options, time, null, new StringBuilder()).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException or TimeoutException)
        {
            throw new PipelineException($"the engine process {record.Pid} cannot be asked: {error.Message}", error);
        }
    }

    /// <summary>Makes a call and waits for its answer.</summary>
    /// <exception cref="PipelineException">The process has ended or is silent; it is of no more use.</exception>
    public async Task<EngineAnswer> CallAsync(EngineCall call)
    {
        try
        {
            return await ExchangeAsync(_stream, call, _options.CallWithin, _time).ConfigureAwait(false);
        }
        catch (TimeoutException late)
        {
            Signals.Send(Record.Identity, Signals.Kill);
            throw new PipelineException(
                FormattableString.Invariant($"the engine process {Record.Pid} gave no answer within {_options.CallWithin.TotalSeconds} s and was ended"), late);
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
        {
            string reason = _child is null
                ? "how it ended is not known, since a former start of the agent has started it"
                : await EndOf(_child, _lastWords, _options, _time).ConfigureAwait(false);
            throw new PipelineException(FormattableString.Invariant($"the engine process {Record.Pid} has ended: {reason}"), error);
        }
    }

    /// <summary>Asks it to end, and kills it if it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await ExchangeAsync(_stream, new EndSession(), _options.EndWithin, _time).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException or TimeoutException or ObjectDisposedException or PipelineException)
        {
            // It has ended, or has to be made to.
            Signals.Send(Record.Identity, Signals.Kill);
        }

        await _stream.DisposeAsync().ConfigureAwait(false);
        await EndAsync(Record, _folder, _options, _time).ConfigureAwait(false);
        _child?.Dispose();
    }

    /// <summary>Sees to it that a process ends, and forgets it.</summary>
    public static async Task EndAsync(EngineProcessRecord record, string folder, EngineProcessOptions options, TimeProvider time)
    {
        if (!await EndsAsync(record.Identity, options.EndWithin, time).ConfigureAwait(false))
        {
            Signals.Send(record.Identity, Signals.Kill);
            await EndsAsync(record.Identity, options.EndWithin, time).ConfigureAwait(false);
        }

        record.Remove(folder);
    }

    private static async Task<bool> EndsAsync(ProcessIdentity process, TimeSpan within, TimeProvider time)
    {
        long started = time.GetTimestamp();
        while (process.IsAlive)
        {
            if (time.GetElapsedTime(started) > within)
            {
                return false;
            }

            await Task.Delay(LookAgainAfter, time).ConfigureAwait(false);
        }

        return true;
    }

    private static async Task<EngineProcess> ConnectAsync(
        EngineProcessRecord record, string folder, EngineProcessOptions options, TimeProvider time, Process? child, StringBuilder lastWords)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(record.Socket)).ConfigureAwait(false);
            var stream = new NetworkStream(socket, ownsSocket: true);
            EngineAnswer answer = await ExchangeAsync(stream, new OpenSession(record.RunId), options.StartWithin, time).ConfigureAwait(false);
            return answer is SessionOpened opened && opened.RunId == record.RunId
                ? new EngineProcess(record, folder, options, time, stream, child, lastWords)
                : throw new PipelineException($"the engine process {record.Pid} is not the one of run {record.RunId}");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<EngineAnswer> ExchangeAsync(NetworkStream stream, EngineCall call, TimeSpan within, TimeProvider time)
    {
        await EngineFrames.WriteAsync(stream, EngineCodec.Encode(call), CancellationToken.None).AsTask().WaitAsync(within, time).ConfigureAwait(false);
        byte[] answer = await EngineFrames.ReadAsync(stream, CancellationToken.None).AsTask().WaitAsync(within, time).ConfigureAwait(false)
            ?? throw new IOException("the connection has ended");
        return EngineCodec.DecodeAnswer(answer);
    }

    private static async Task<string> EndOf(Process child, StringBuilder lastWords, EngineProcessOptions options, TimeProvider time)
    {
        try
        {
            await child.WaitForExitAsync().WaitAsync(options.EndWithin, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return "it still runs";
        }

        string code = FormattableString.Invariant(child.ExitCode > 128 ? $"signal {child.ExitCode - 128}" : (FormattableString)$"exit code {child.ExitCode}");
        lock (lastWords)
        {
            return lastWords.Length == 0 ? code : $"{code}; it said: {lastWords}";
        }
    }

    private static void Keep(StringBuilder lastWords, string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return;
        }

        lock (lastWords)
        {
            lastWords.Append(lastWords.Length == 0 ? "" : " | ").Append(line.Trim());
            if (lastWords.Length > TailCharacters)
            {
                lastWords.Remove(0, lastWords.Length - TailCharacters);
            }
        }
    }
}
