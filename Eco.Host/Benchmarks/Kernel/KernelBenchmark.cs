using Eco.Host.Commands;
using Eco.Host.Output;

namespace Eco.Host.Benchmarks.Kernel;

/// <summary><c>eco bench kernel</c>: the actor kernel against yardsticks of the platform, on one processor and on all.</summary>
internal static class KernelBenchmark
{
    /// <summary>As it is typed.</summary>
    public const string Name = "kernel";

    /// <summary>Runs of both kinds in turn, each in a process of its own, so that a busy minute of the machine meets both.</summary>
    public static async Task<int> RunAsync(BenchRun run, CommandOutput output, CancellationToken stop)
    {
        KernelSizes sizes = run.Quick ? KernelSizes.Quick : KernelSizes.Full;
        var pinned = new List<IReadOnlyDictionary<string, double>>();
        var unpinned = new List<IReadOnlyDictionary<string, double>>();
        for (int i = 1; i <= sizes.Runs; i++)
        {
            output.Note($"run {i} of {sizes.Runs} on one processor: {await MeasureAsync(pinned: true, pinned).ConfigureAwait(false)}");
            output.Note($"run {i} of {sizes.Runs} on all processors: {await MeasureAsync(pinned: false, unpinned).ConfigureAwait(false)}");
        }

        return FiguresOutput.Show(new KernelReport(pinned, unpinned).ToReport(), output, run.JsonFile);

        async Task<string> MeasureAsync(bool pinned, List<IReadOnlyDictionary<string, double>> runs)
        {
            IReadOnlyDictionary<string, double> values = await BenchWorker.MeasureAsync(Name, pinned, run.Quick, stop).ConfigureAwait(false);
            runs.Add(values);
            return string.Join(", ", KernelMeasures.Ratios.Select(ratio => FormattableString.Invariant(
                $"{ratio.Name} {values[ratio.Name] / values[ratio.Yardstick]:F2} x {ratio.Yardstick}")));
        }
    }

    /// <summary>The measuring process.</summary>
    public static async Task<int> WorkAsync(bool quick, CommandOutput output, CancellationToken stop)
    {
        KernelSizes sizes = quick ? KernelSizes.Quick : KernelSizes.Full;
        await new KernelRun(sizes, (name, value) => output.Line(FormattableString.Invariant($"{name} {value:R}"))).RunAsync(stop).ConfigureAwait(false);
        return ExitCodes.Success;
    }
}
