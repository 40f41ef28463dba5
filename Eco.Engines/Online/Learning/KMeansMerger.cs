using System.Collections.Immutable;
using Eco.Engines.Abstractions;
using Eco.Engines.Data;

namespace Eco.Engines.Online.Learning;

/// <summary>
/// Merges the reports of online k-means learners into the sums that one learner would have over all their data.
/// <para>
/// Reports that share the present numbering of clusters (the basis) are added cluster by cluster. When one does not (the first merge, a newcomer,
/// a learner that re-seeded a centre), weighted k-means++ clusters all reported means, the result takes the old numbers by minimum-cost
/// assignment weighted by mass, and every report joins its nearest centres. The last report of a contributor that is absent stays, aged by
/// decay per batch and moved with its cluster, until less than a millionth of the mass is left. Reports replace, they never add up: merging
/// the same ones again gives the same sums.
/// </para>
/// </summary>
public sealed class KMeansMerger
{
    /// <summary>The greatest number of contributors; the one with the oldest report makes room.</summary>
    internal const int MaxContributors = 1024;

    private const double NegligibleFraction = 1e-6;
    private const double TangledFraction = 0.02;
    private const long TangleCheckLimit = 200_000; // distances per pass: a merge is to take milliseconds
    private readonly ulong _seed;
    private readonly bool _drift;
    private readonly int _restarts;
    private readonly SortedDictionary<ulong, KMeansReport> _latest = [];
    private MergeState? _state;

    /// <summary>Makes a merger that has merged nothing.</summary>
    /// <param name="seed">Chance of the clustering.</param>
    /// <param name="drift">Whether centres' velocities are estimated and used.</param>
    /// <param name="restarts">Seedings per clustering.</param>
    public KMeansMerger(ulong seed, bool drift = true, int restarts = 20)
    {
        _seed = seed;
        _drift = drift;
        _restarts = restarts;
    }

    /// <summary>Contributors whose reports count at present.</summary>
    public int Contributors => _latest.Count;

    /// <summary>Merges.</summary>
    /// <param name="reports">What learners' <see cref="OnlineKMeans.Report"/> gave; of one contributor the latest counts.</param>
    /// <param name="refusals">Takes a line for each report that could not be used.</param>
    /// <exception cref="PipelineException">No report can be used.</exception>
    public ModelArtifact Merge(ImmutableArray<ModelArtifact> reports, ICollection<string> refusals)
    {
        ArgumentNullException.ThrowIfNull(refusals);
        List<KMeansReport> usable = DecodeAll(reports, refusals);
        if (usable.Count == 0)
        {
            throw new PipelineException($"merge of k-means: none of {reports.Length} models can be used: {string.Join("; ", refusals)}");
        }

        AdoptBasis(usable);
        long clock = Math.Max(_state?.Clock ?? 0, usable.Where(r => _state is null || IsAligned(r)).Select(r => (long)r.Clock).DefaultIfEmpty(0).Max());
        HashSet<ulong> fresh = [];
        foreach (KMeansReport report in usable)
        {
            if (!_latest.TryGetValue(report.Contributor, out KMeansReport? known) || known.Batch != report.Batch)
            {
                fresh.Add(report.Contributor);
            }

            // A report in a numbering of its own comes from a newcomer: its clock means nothing here, its rows are as fresh as any.
            _latest[report.Contributor] = IsAligned(report) ? report : report with { Clock = (uint)clock };
        }

        uint sequence = Math.Max(_state?.Sequence ?? 0, usable.Max(r => r.Sequence)) + 1;
        _state = Next(clock, sequence, fresh);
        Prune();
        return Encode(_state);
    }

    /// <summary>Writes all state.</summary>
    internal void Save(StateWriter writer)
    {
        writer.Flag(_state is not null);
        _state?.Save(writer);
        writer.Int32(_latest.Count);
        foreach (KMeansReport report in _latest.Values)
        {
            writer.Blob(report.Encode().Content);
        }
    }

    /// <summary>Reads all state.</summary>
    internal void Load(ref StateReader reader)
    {
        _state = reader.Flag() ? MergeState.Load(ref reader) : null;
        _latest.Clear();
        for (int left = reader.Count(4); left > 0; left--)
        {
            KMeansReport report = KMeansReport.Decode(new ModelArtifact(KMeansFormat.Kind, reader.Blob().ToArray(), 0));
            _latest[report.Contributor] = report;
        }
    }

    private List<KMeansReport> DecodeAll(ImmutableArray<ModelArtifact> artifacts, ICollection<string> refusals)
    {
        SortedDictionary<ulong, KMeansReport> decoded = [];
        int index = -1;
        foreach (ModelArtifact artifact in artifacts)
        {
            index++;
            try
            {
                KMeansReport report = KMeansReport.Decode(artifact);
                KMeansReport? model = _latest.Values.FirstOrDefault() ?? decoded.Values.FirstOrDefault();
                if (model is not null && (report.Masses.Length != model.Masses.Length || report.Dimensions != model.Dimensions || report.Decay != model.Decay))
                {
                    throw new PipelineException(
                        $"{report.Masses.Length} clusters of {report.Dimensions} features with decay {report.Decay:G4}, where the others have "
                        + $"{model.Masses.Length} of {model.Dimensions} with {model.Decay:G4}");
                }

                bool newer = !decoded.TryGetValue(report.Contributor, out KMeansReport? other) || other.Batch < report.Batch;
                bool superseded = IsAligned(report) && _latest.TryGetValue(report.Contributor, out KMeansReport? known) && known.Batch > report.Batch;
                if (newer)
                {
                    decoded[report.Contributor] = superseded ? _latest[report.Contributor] : report;
                }
            }
            catch (PipelineException refusal)
            {
                refusals.Add($"model {index} is left out: {refusal.Message}");
            }
        }

        return [.. decoded.Values];
    }

    private bool IsAligned(KMeansReport report) => _state is not null && report.Basis == _state.Basis;

    /// <summary>A merger that lost its state, or was overtaken by one elsewhere, goes on from the newest numbering that learners report.</summary>
    private void AdoptBasis(List<KMeansReport> reports)
    {
        KMeansReport newest = reports.MaxBy(r => r.Sequence)!;
        if (newest.Basis == 0 || newest.Sequence <= (_state?.Sequence ?? 0) || newest.Basis == _state?.Basis)
        {
            return;
        }

        _latest.Clear();
        _state = new MergeState(newest.Clock, newest.Sequence, newest.Basis, newest.Masses.Length, newest.Dimensions);
    }

    private MergeState Next(long clock, uint sequence, HashSet<ulong> fresh)
    {
        KMeansReport any = _latest.Values.First();
        MergeState? last = _state;
        MergeState next = new(clock, sequence, last?.Basis ?? 0, any.Masses.Length, any.Dimensions);
        if (last is null || _latest.Values.Any(r => !IsAligned(r)) || IsTangled(next))
        {
            Cluster(next, last);
        }
        else
        {
            last.Centres.CopyTo(next.Centres, 0);
            last.Velocities.CopyTo(next.Velocities, 0);
        }

        Sum(next, last, fresh);
        if (_drift && last is not null && last.Basis == next.Basis)
        {
            next.EstimateVelocities(last);
        }

        return next;
    }

    /// <summary>
    /// Whether the numbering has gone wrong: two edges call far-apart clusters the same, as when a cluster came up at one of them after the numbering
    /// was made. Clustering anew must then cut the inertia of the reported means to a quarter, by a notable part of their spread.
    /// </summary>
    private bool IsTangled(MergeState next)
    {
        int d = next.Dimensions;
        (double[] points, double[] weights) = Means(next.Clock);
        if ((long)weights.Length * next.Clusters > TangleCheckLimit)
        {
            return false;
        }

        MergeState trial = new(next.Clock, next.Sequence, next.Basis, next.Clusters, d);
        Sum(trial, null, []);
        double present = 0;
        foreach (KMeansReport report in _latest.Values)
        {
            double factor = Math.Pow(report.Decay, next.Clock - report.Clock);
            for (int k = 0; k < next.Clusters; k++)
            {
                present += report.Masses[k] * factor * Centres.SquaredDistance(report.Means.AsSpan(k * d, d), trial.Centres.AsSpan(k * d, d));
            }
        }

        double spread = KMeansPlusPlus.Inertia(points, weights, d, KMeansPlusPlus.Cluster(points, weights, d, 1, 1, [], new SeededRandom(_seed)));
        if (present <= TangledFraction * spread)
        {
            return false;
        }

        double[] centres = KMeansPlusPlus.Cluster(points, weights, d, next.Clusters, _restarts, [], new SeededRandom(_seed, next.Sequence));
        double best = KMeansPlusPlus.Inertia(points, weights, d, centres);
        return best < present / 4 && present - best > TangledFraction * spread;
    }

    /// <summary>All reported means that have rows behind them, aged.</summary>
    private (double[] Points, double[] Weights) Means(long clock)
    {
        List<double> points = [];
        List<double> weights = [];
        foreach (KMeansReport report in _latest.Values)
        {
            double factor = Math.Pow(report.Decay, clock - report.Clock);
            for (int k = 0; k < report.Masses.Length; k++)
            {
                if (report.Masses[k] * factor > 0)
                {
                    points.AddRange(report.Means.AsSpan(k * report.Dimensions, report.Dimensions));
                    weights.Add(report.Masses[k] * factor);
                }
            }
        }

        return ([.. points], [.. weights]);
    }

    /// <summary>Finds a numbering for reports that have none, or none that is good, in common.</summary>
    private void Cluster(MergeState next, MergeState? last)
    {
        int d = next.Dimensions;
        (double[] points, double[] weights) = Means(next.Clock);
        bool continues = last is not null && last.Masses.Any(m => m > 0);
        SeededRandom random = new(_seed, next.Sequence);
        double[] centres = KMeansPlusPlus.Cluster(points, weights, d, next.Clusters, _restarts, continues ? last!.Centres : [], random);
        if (continues)
        {
            int[] oldNumbers = Centres.Match(centres, last!.Masses, last.Centres, d);
            for (int k = 0; k < next.Clusters; k++)
            {
                centres.AsSpan(k * d, d).CopyTo(next.Centres.AsSpan(oldNumbers[k] * d));
            }

            if (_latest.Values.Where(IsAligned).All(r => KeepsNumbers(r, next.Centres)))
            {
                last.Velocities.CopyTo(next.Velocities, 0);
                return;
            }
        }
        else
        {
            centres.CopyTo(next.Centres, 0);
        }

        next.Basis = MergeState.NewBasis(next);
    }

    private static bool KeepsNumbers(KMeansReport report, double[] centres)
    {
        int d = report.Dimensions;
        for (int k = 0; k < report.Masses.Length; k++)
        {
            if (report.Masses[k] > 0 && Centres.Nearest(report.Means.AsSpan(k * d, d), centres, out _) != k)
            {
                return false;
            }
        }

        return true;
    }

    private void Sum(MergeState next, MergeState? last, HashSet<ulong> fresh)
    {
        double[] sums = new double[next.Centres.Length];
        foreach (KMeansReport report in _latest.Values)
        {
            int age = (int)Math.Clamp(next.Clock - report.Clock, 0, ushort.MaxValue);
            ReportProjection.Add(report, report.Basis == next.Basis, next.Centres, next.Velocities, age, report.Decay, next.Masses, sums);
            if (fresh.Contains(report.Contributor))
            {
                ReportProjection.Add(report, report.Basis == next.Basis, next.Centres, next.Velocities, age, report.Decay, next.FreshMasses, new double[sums.Length]);
            }
        }

        for (int i = 0; i < sums.Length; i++)
        {
            int k = i / next.Dimensions;
            if (next.Masses[k] > 0)
            {
                next.Centres[i] = sums[i] / next.Masses[k];
            }
            else if (last is not null && last.Basis == next.Basis)
            {
                next.Centres[i] = last.Centres[i];
            }
        }
    }

    /// <summary>Drops contributors whose last report no longer counts, and the oldest ones above the limit.</summary>
    private void Prune()
    {
        MergeState state = _state!;
        double total = state.Masses.Sum();
        foreach (KMeansReport report in _latest.Values.ToArray())
        {
            if (report.Masses.Sum() * Math.Pow(report.Decay, state.Clock - report.Clock) < NegligibleFraction * total)
            {
                _latest.Remove(report.Contributor);
            }
        }

        while (_latest.Count > MaxContributors)
        {
            _latest.Remove(_latest.Values.MinBy(r => r.Clock)!.Contributor);
        }
    }

    private ModelArtifact Encode(MergeState state) => new KMeansMerged(
        (uint)state.Clock,
        state.Sequence,
        state.Basis,
        _latest.Values.First().Decay,
        state.Dimensions,
        state.Masses,
        state.Centres,
        state.Velocities,
        [.. _latest.Values.Select(r => new IncludedReport(r.Contributor, r.Batch, (ushort)Math.Clamp(state.Clock - r.Clock, 0, ushort.MaxValue)))]).Encode();
}
