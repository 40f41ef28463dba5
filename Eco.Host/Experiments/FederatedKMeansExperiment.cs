using System.Collections.Immutable;
using Eco.Actors.Console;
using Eco.Engines.Abstractions;
using Eco.Engines.Online.Experiments;
using Eco.Host.Composition.Simulated;
using Eco.Host.Demo;
using Eco.Host.Output;

namespace Eco.Host.Experiments;

/// <summary>
/// <c>eco experiment federated-kmeans</c>: the demo's ION on the product's actors in the simulated world, against the same algorithm on the
/// union of the data (pooled) and without merges (isolated).
/// </summary>
internal static class FederatedKMeansExperiment
{
    /// <summary>As it is typed.</summary>
    public const string Name = "federated-kmeans";

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(80);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Runs one seed.</summary>
    public static FederatedKMeansRow Run(long seed, int emitEvery)
    {
        var workload = new FederatedKMeansWorkload { Seed = (ulong)seed };
        var ion = new FederatedKMeansIon("federated-kmeans", workload, Pace, emitEvery);
        var errors = new Dictionary<string, List<double>>(StringComparer.Ordinal);
        var alone = new Dictionary<string, List<double>>(StringComparer.Ordinal);
        long rounds = 0;
        using var cluster = new SimulatedCluster((ulong)seed, new SimulatedClusterOptions
        {
            Agents = FederatedKMeansIon.Agents(workload.Edges),
            OnStep = (agent, result) =>
            {
                Collect(errors, agent, result, FederatedKMeansIon.Error);
                Collect(alone, agent, result, FederatedKMeansIon.AloneError);
            },
        });

        cluster.AwaitAgents(Limit);
        ConsoleReply reply = cluster.Submit(ion.ToHocon());
        if (reply.Error is not null)
        {
            throw new InvalidOperationException($"the ION was refused: {reply.Error.Cause}");
        }

        cluster.World.RunUntil(() => cluster.StateOf(ion.Id) == "completed", Limit, () => cluster.Describe(ion.Id));
        rounds = cluster.Detail(ion.Id)?.MergedRounds ?? 0;
        double eco = MeanAfterWarmUp(errors, workload);
        double isolated = MeanAfterWarmUp(alone, workload);
        double pooled = FederatedKMeansBaselines.Pooled(workload);
        return new FederatedKMeansRow(
            seed,
            eco,
            pooled,
            isolated,
            rounds,
            cluster.World.TransportCounters.BytesBetweenHosts,
            workload.RawBytes,
            cluster.World.TraceHash);
    }

    /// <summary>The figures over all seeds: means of errors, then their ratios.</summary>
    public static FiguresReport Report(ImmutableArray<FederatedKMeansRow> rows)
    {
        double pooled = rows.Average(row => row.Pooled);
        return new FiguresReport(
            $"experiment {Name}",
            [.. rows.Select(row => row.Seed)],
            [
                ("error-ratio-eco", Figure.AtMost(rows.Average(row => row.Eco) / pooled, "1", 1.25)),
                ("error-ratio-isolated", Figure.AtLeast(rows.Average(row => row.Isolated) / pooled, "1", 3)),
                ("bytes-moved-fraction", Figure.AtMost((double)rows.Sum(row => row.Bytes) / rows.Sum(row => row.RawBytes), "1", 0.05)),
            ],
            [.. rows.Select(row => ImmutableArray.Create<(string, object?)>(
                ("seed", row.Seed),
                ("eco", row.Eco),
                ("pooled", row.Pooled),
                ("isolated", row.Isolated),
                ("rounds", row.Rounds),
                ("bytes", row.Bytes),
                ("trace", row.TraceHash.ToString("x16", System.Globalization.CultureInfo.InvariantCulture))))]);
    }

    private static void Collect(Dictionary<string, List<double>> into, string agent, StepResult result, string statistic)
    {
        if (!result.Statistics.TryGetValue(statistic, out double value))
        {
            return;
        }

        if (!into.TryGetValue(agent, out List<double>? list))
        {
            list = [];
            into.Add(agent, list);
        }

        list.Add(value);
    }

    private static double MeanAfterWarmUp(Dictionary<string, List<double>> errors, FederatedKMeansWorkload workload)
    {
        if (errors.Count != workload.Edges || errors.Values.Any(list => list.Count != workload.Batches))
        {
            throw new InvalidOperationException(
                $"expected {workload.Edges} edges with {workload.Batches} batches each, saw {string.Join(", ", errors.Select(e => $"{e.Key}: {e.Value.Count}"))}");
        }

        return errors.Values.Average(list => list.Skip(workload.WarmUp).Average());
    }
}

/// <summary>One seed's result.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Eco">Mean error of the models that the edges use.</param>
/// <param name="Pooled">Mean error of one learner on the union of the data.</param>
/// <param name="Isolated">Mean error of the edges without merges.</param>
/// <param name="Rounds">Merge rounds.</param>
/// <param name="Bytes">Bytes between hosts.</param>
/// <param name="RawBytes">What shipping all points would cost.</param>
/// <param name="TraceHash">Names the run: the same seed gives the same one everywhere.</param>
internal sealed record FederatedKMeansRow(
    long Seed,
    double Eco,
    double Pooled,
    double Isolated,
    long Rounds,
    long Bytes,
    long RawBytes,
    ulong TraceHash);
