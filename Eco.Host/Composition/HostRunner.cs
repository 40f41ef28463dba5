using System.Collections.Immutable;
using Eco.Host.Benchmarks.Cluster;
using Eco.Host.Benchmarks.Hocon;
using Eco.Host.Benchmarks.Journal;
using Eco.Host.Benchmarks.Kernel;
using Eco.Host.Commands;
using Eco.Host.Composition.Hosting;
using Eco.Host.Demo;
using Eco.Host.Experiments;
using Eco.Host.Output;

namespace Eco.Host.Composition;

/// <summary>Runs hosts, the demo, experiments and benchmarks.</summary>
internal sealed class HostRunner : IHostRunner
{
    public ImmutableArray<ExperimentDescription> Experiments =>
    [
        new(FederatedKMeansExperiment.Name, "federated online k-means against pooled data and isolated edges"),
    ];

    public Task<int> HostAsync(HostRun run, CommandOutput output, CancellationToken stop) => HostCommand.RunAsync(run, output, stop);

    public Task<int> DemoAsync(DemoRun run, CommandOutput output, CancellationToken stop) => DemoCommand.RunAsync(run, output, stop);

    public Task<int> ExperimentAsync(ExperimentRun run, CommandOutput output, CancellationToken stop)
    {
        ImmutableArray<FederatedKMeansRow>.Builder rows = ImmutableArray.CreateBuilder<FederatedKMeansRow>();
        foreach (long seed in run.Seeds)
        {
            stop.ThrowIfCancellationRequested();
            FederatedKMeansRow row = FederatedKMeansExperiment.Run(seed, FederatedKMeansIon.DefaultEmitEvery);
            rows.Add(row);
            output.Note(FormattableString.Invariant(
                $"seed {seed}: eco {row.Eco / row.Pooled:F3}, isolated {row.Isolated / row.Pooled:F2} times pooled; {row.Rounds} rounds, {100.0 * row.Bytes / row.RawBytes:F2} % of the raw bytes"));
        }

        return Task.FromResult(FiguresOutput.Show(FederatedKMeansExperiment.Report(rows.ToImmutable()), output, run.JsonFile));
    }

    public Task<int> BenchAsync(BenchRun run, CommandOutput output, CancellationToken stop) => run.Name switch
    {
        KernelBenchmark.Name => KernelBenchmark.RunAsync(run, output, stop),
        HoconBenchmark.Name => HoconBenchmark.RunAsync(run, output, stop),
        JournalBenchmark.Name => JournalBenchmark.RunAsync(run, output, stop),
        ClusterBenchmark.Name => ClusterBenchmark.RunAsync(run, output, stop),
        _ => throw new ArgumentException($"there is no benchmark '{run.Name}'", nameof(run)),
    };

    public Task<int> BenchWorkAsync(BenchRun run, CommandOutput output, CancellationToken stop) => run.Name switch
    {
        KernelBenchmark.Name => KernelBenchmark.WorkAsync(run.Quick, output, stop),
        HoconBenchmark.Name => Task.FromResult(HoconBenchmark.Work(run.Quick, output, stop)),
        _ => throw new ArgumentException($"'{run.Name}' measures in no process of its own", nameof(run)),
    };
}
