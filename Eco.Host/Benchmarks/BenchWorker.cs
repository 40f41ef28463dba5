using System.Diagnostics;
using System.Globalization;
using Eco.Actors.Console;
using Eco.Host.Commands;

namespace Eco.Host.Benchmarks;

/// <summary>
/// Runs a measurement in a process of its own, so that each run compiles and collects for itself, and on one processor where that is
/// wanted. The process prints a line <c>NAME VALUE</c> for each value.
/// </summary>
internal static class BenchWorker
{
    /// <summary>The verb of the measuring process, under <c>bench</c>.</summary>
    public const string Verb = "worker";

    /// <summary>Its option for one processor.</summary>
    public const string PinnedOption = "--pinned";

    /// <summary>Its option for a small run.</summary>
    public const string QuickOption = "--quick";

    /// <summary>Starts the process and gives what it has measured, by name.</summary>
    public static async Task<IReadOnlyDictionary<string, double>> MeasureAsync(string benchmark, bool pinned, bool quick, CancellationToken stop)
    {
        using Process worker = Start(redirect: true, [benchmark, .. pinned ? (string[])[PinnedOption] : [], .. quick ? (string[])[QuickOption] : []]);
        try
        {
            Task<string> errors = worker.StandardError.ReadToEndAsync(stop);
            var values = new Dictionary<string, double>(StringComparer.Ordinal);
            while (await worker.StandardOutput.ReadLineAsync(stop).ConfigureAwait(false) is { } line)
            {
                string[] parts = line.Split(' ');
                values[parts[0]] = double.Parse(parts[1], CultureInfo.InvariantCulture);
            }

            await worker.WaitForExitAsync(stop).ConfigureAwait(false);
            return worker.ExitCode == ExitCodes.Success
                ? values
                : throw new CommandException(
                    ConsoleErrorCodes.Internal,
                    $"the measuring process ended with exit code {worker.ExitCode.ToString(CultureInfo.InvariantCulture)}: {(await errors.ConfigureAwait(false)).Trim()}",
                    "run it again; where it fails again, report these lines");
        }
        finally
        {
            if (!worker.HasExited)
            {
                worker.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>
    /// In the process that was asked for <see cref="PinnedOption"/>: starts itself again on the first processor that it may use. On Linux a new process
    /// inherits the affinity of the thread that starts it, and only that of the first thread can be set, which this is.
    /// </summary>
    /// <returns>The exit code of the pinned process.</returns>
    public static int RunPinned(string benchmark, bool quick)
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
        {
            using Process self = Process.GetCurrentProcess();
            long allowed = self.ProcessorAffinity.ToInt64();
            self.ProcessorAffinity = new IntPtr(allowed & -allowed);
        }
        else
        {
            throw new CommandException(ConsoleErrorCodes.Refused, "this system cannot pin a process to a processor", "measure on Linux or Windows");
        }

        using Process pinned = Start(redirect: false, quick ? [benchmark, QuickOption] : [benchmark]);
        pinned.WaitForExit();
        return pinned.ExitCode;
    }

    private static Process Start(bool redirect, string[] options)
    {
        string program = Environment.ProcessPath ?? "dotnet";
        bool byHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        string assembly = typeof(BenchWorker).Assembly.Location;
        var start = new ProcessStartInfo(byHost ? program : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = redirect,
            RedirectStandardError = redirect,
        };
        foreach (string argument in (string[])[assembly, "bench", Verb, .. options])
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
