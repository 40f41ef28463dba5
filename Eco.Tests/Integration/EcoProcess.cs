using System.Diagnostics;
using System.Globalization;
using System.Text;
using Eco.Host.Commands;

namespace Eco.Tests.Integration;

/// <summary>How a run of the program ended.</summary>
/// <param name="ExitCode">As a shell reports it: 128 and the number of the signal that ended it.</param>
/// <param name="Out">The standard output.</param>
/// <param name="Error">The standard error stream.</param>
internal sealed record EcoResult(int ExitCode, string Out, string Error)
{
    /// <summary>The exit code of a process that SIGKILL has ended.</summary>
    public const int Killed = 137;

    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public override string ToString() => $"exit code {ExitCode}\nstandard output:\n{Out}\nstandard error:\n{Error}";
}

/// <summary>The built program as a process of its own.</summary>
internal sealed class EcoProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();

    private EcoProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Add(_out, line.Data);
        process.ErrorDataReceived += (_, line) => Add(_error, line.Data);
    }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    public string Out => Read(_out);

    public string Error => Read(_error);

    /// <summary>Most memory that the process has held at once, in bytes; 0 when it has ended.</summary>
    public long PeakBytes
    {
        get
        {
            _process.Refresh();
            return _process.HasExited ? 0 : _process.PeakWorkingSet64;
        }
    }

    /// <summary>Starts it. A signal that this process ignores (as in the background of a script) is not ignored by it.</summary>
    /// <param name="folder">Its working directory.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="crashAt">Where it kills itself, as <c>ECO_CRASH_AT</c> says.</param>
    public static EcoProcess Start(string folder, IEnumerable<string> arguments, string? crashAt = null)
    {
        var start = new ProcessStartInfo("env")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        foreach (string argument in (string[])["--default-signal=INT", dotnet, typeof(EcoCommandLine).Assembly.Location, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Remove("ECO_CRASH_AT");
        if (crashAt is not null)
        {
            start.Environment["ECO_CRASH_AT"] = crashAt;
        }

        var eco = new EcoProcess(Process.Start(start)!);
        eco._process.StandardInput.Close();
        eco._process.BeginOutputReadLine();
        eco._process.BeginErrorReadLine();
        return eco;
    }

    /// <summary>Starts it and waits for its end.</summary>
    public static async Task<EcoResult> RunAsync(string folder, IEnumerable<string> arguments, string? crashAt = null)
    {
        using EcoProcess eco = Start(folder, arguments, crashAt);
        return await eco.EndAsync();
    }

    /// <summary>Waits for its end, and for all of its output.</summary>
    public async Task<EcoResult> EndAsync(TimeSpan? deadline = null)
    {
        try
        {
            await Eventually.CompletesAsync($"the end of eco (process {Id})", _process.WaitForExitAsync(), deadline ?? TimeSpan.FromMinutes(2));
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}\nstandard output:\n{Out}\nstandard error:\n{Error}", late);
        }

        return new EcoResult(_process.ExitCode, Out, Error);
    }

    /// <summary>Waits until it has printed a text on its standard error stream.</summary>
    public Task SaysAsync(string text) => Eventually.HoldsAsync(
        $"eco (process {Id}) says '{text}'",
        () => Error.Contains(text, StringComparison.Ordinal) || (HasEnded ? throw new InvalidOperationException($"eco has ended: {Out}{Error}") : false),
        () => Error,
        TimeSpan.FromMinutes(1));

    /// <summary>SIGKILL, as a power cut would.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Sends a signal such as <c>TERM</c>.</summary>
    public void Signal(string name)
    {
        using Process kill = Process.Start("kill", ["-" + name, Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static void Add(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (text)
            {
                text.Append(line).Append('\n');
            }
        }
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
