using System.Diagnostics;
using Eco.Actors.Console;
using Eco.Host.Commands;

namespace Eco.Host.Fleet;

/// <summary>
/// A process that may outlive the one that started it: it leads a session of its own, writes to a file, and is found again through its <c>pid</c>
/// file. Killing and pausing take its descendants too.
/// </summary>
internal sealed class ManagedProcess
{
    /// <summary>The environment that every process of a fleet gets.</summary>
    private const string SystemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private const int TailBytes = 4096;
    private static readonly TimeSpan KillWithin = TimeSpan.FromSeconds(20);

    private readonly ProcessSpec _spec;
    private readonly TimeProvider _time;

    /// <summary>Knows a process, started or not.</summary>
    public ManagedProcess(ProcessSpec spec, TimeProvider time)
    {
        _spec = spec;
        _time = time;
        Identity = ProcessIdentity.Load(PidFile);
    }

    /// <summary>What people call it.</summary>
    public string Name => _spec.Name;

    /// <summary>The process as it was last started; null before the first time.</summary>
    public ProcessIdentity? Identity { get; private set; }

    /// <summary>Whether it runs; paused counts.</summary>
    public bool IsAlive => Identity is { IsAlive: true };

    /// <summary>How much it has logged, in all of its runs.</summary>
    public long LogBytes => File.Exists(_spec.LogFile) ? new FileInfo(_spec.LogFile).Length : 0;

    private string PidFile => Path.Combine(_spec.Folder, "pid");

    /// <summary>Starts it, unless it runs already.</summary>
    /// <param name="environment">Variables of this one start.</param>
    /// <returns>False: it ran already.</returns>
    public bool Start(params IEnumerable<(string Name, string Value)> environment)
    {
        if (IsAlive)
        {
            return false;
        }

        Directory.CreateDirectory(_spec.Folder);
        var start = new ProcessStartInfo("sh") { WorkingDirectory = _spec.Folder };

        // Each step replaces the one before it, so that the id stays the same from the shell to the program.
        string[] words =
        [
            "-c", "log=$1; shift; exec >>\"$log\" 2>&1 </dev/null; exec setsid \"$@\"", "sh", _spec.LogFile,
            .. _spec.Place.Prefix, .. PackageTools.AsUser(_spec.User), .. _spec.Command,
        ];
        foreach (string word in words)
        {
            start.ArgumentList.Add(word);
        }

        start.Environment.Clear();
        start.Environment["PATH"] = SystemPath;
        start.Environment["LANG"] = "C.UTF-8";
        foreach ((string name, string value) in _spec.Environment.Select(entry => (entry.Key, entry.Value)).Concat(environment))
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Identity = ProcessIdentity.Of(process.Id) ?? new ProcessIdentity(process.Id, 0);
        Identity.Save(PidFile);
        return true;
    }

    /// <summary>Waits until it can do its work.</summary>
    /// <param name="ready">Whether it can.</param>
    /// <param name="within">How long to wait; where progress is known, how long for the next step of it.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <param name="progress">How far it has come.</param>
    /// <exception cref="CommandException">It ended instead, or took too long; says what it logged last.</exception>
    public async Task ReadyAsync(Func<Task<bool>> ready, TimeSpan within, CancellationToken stop, WaitProgress? progress = null)
    {
        try
        {
            await Polling.UntilAsync(
                $"{Name} is ready",
                async () => await ready().ConfigureAwait(false) || (IsAlive ? false : throw Ended()),
                within,
                _time,
                stop,
                progress: progress).ConfigureAwait(false);
        }
        catch (TimeoutException late)
        {
            throw new CommandException(ConsoleErrorCodes.Internal, late.Message, $"its log is '{_spec.LogFile}'", late) { Details = [.. LogTail()] };
        }
    }

    /// <summary>SIGKILL to it and its descendants, as a power cut would; returns when all are gone.</summary>
    public async Task KillAsync()
    {
        if (Identity is not { } identity)
        {
            return;
        }

        // It first: what it starts between looking and killing would be missed.
        Signals.Send(identity, Signals.Stop);
        ProcessIdentity[] all = [identity, .. identity.IsAlive ? identity.Descendants() : []];
        foreach (ProcessIdentity process in all)
        {
            Signals.Send(process, Signals.Kill);
        }

        await Polling.UntilAsync($"the end of {Name}", () => all.All(process => !process.IsAlive), KillWithin, _time).ConfigureAwait(false);
        File.Delete(PidFile);
    }

    /// <summary>Asks it to end in order, and kills it when it has not by then.</summary>
    /// <returns>Whether it ended by itself.</returns>
    public async Task<bool> StopAsync(int signal, TimeSpan within)
    {
        if (Identity is not { IsAlive: true } identity)
        {
            File.Delete(PidFile);
            return true;
        }

        Resume();
        Signals.Send(identity, signal);
        try
        {
            await Polling.UntilAsync($"the end of {Name}", () => !identity.IsAlive, within, _time).ConfigureAwait(false);
            File.Delete(PidFile);
            return true;
        }
        catch (TimeoutException)
        {
            await KillAsync().ConfigureAwait(false);
            return false;
        }
    }

    /// <summary>SIGSTOP to it and its descendants.</summary>
    public void Pause() => SendToAll(Signals.Stop);

    /// <summary>SIGCONT to it and its descendants.</summary>
    public void Resume() => SendToAll(Signals.Continue);

    /// <summary>Sends a signal to it alone.</summary>
    public void Signal(int signal)
    {
        if (Identity is { } identity)
        {
            Signals.Send(identity, signal);
        }
    }

    private void SendToAll(int signal)
    {
        if (Identity is { IsAlive: true } identity)
        {
            Signals.Send(identity, signal);
            foreach (ProcessIdentity process in identity.Descendants())
            {
                Signals.Send(process, signal);
            }
        }
    }

    private CommandException Ended() =>
        new(ConsoleErrorCodes.Internal, $"{Name} ended while it started", $"its log is '{_spec.LogFile}'; the lines above are its last")
        {
            Details = [.. LogTail()],
        };

    private string[] LogTail()
    {
        if (!File.Exists(_spec.LogFile))
        {
            return [];
        }

        using var log = new FileStream(_spec.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        log.Seek(-Math.Min(log.Length, TailBytes), SeekOrigin.End);
        using var reader = new StreamReader(log);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(12)];
    }
}
