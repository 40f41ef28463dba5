using Eco.Engines.Abstractions;
using Eco.Engines.Data;

namespace Eco.Engines.Online.Learning;

/// <summary>
/// Online k-means with decay, alone or in a federation.
/// <para>
/// Alone, for each batch and centre: <c>c ← (a·n·c + m·x̄) / (a·n + m)</c>, <c>n ← a·n + m</c>, with m rows of the batch nearest to the centre,
/// x̄ their mean and a the decay (MLlib's streaming k-means in its consistent form). The start is k-means++ on the first batch.
/// </para>
/// <para>
/// In a federation the sum behind a centre has two parts: what this learner has seen itself, and what the others had seen as of the last
/// merge, aged by a per batch since and moved along with the centre's velocity. Only the own part is reported, and a merged model replaces
/// the others' part, so that nothing is counted twice; the model in use is what one learner would have learnt from all the data, but for
/// the batches that the others took since the last merge.
/// </para>
/// </summary>
public sealed class OnlineKMeans
{
    /// <summary>For how many batches after a merge the others' centres are moved on.</summary>
    internal const int Horizon = 30;

    private const int ReportsKept = 8;
    private readonly KMeansOptions _options;
    private readonly ulong _seed;
    private readonly ulong _contributor;
    private readonly List<KMeansReport> _reports = [];
    private KMeansState? _state;

    /// <summary>Makes a learner that has seen nothing.</summary>
    /// <param name="options">Parameters.</param>
    /// <param name="seed">Chance of the seeding.</param>
    /// <param name="contributor">Who it is in merges; unique in a federation.</param>
    public OnlineKMeans(KMeansOptions options, ulong seed, ulong contributor = 0)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Clusters, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Clusters, 255);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Restarts, 1);
        if (options.Decay is not (> 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Decay, "the decay must be in (0, 1]");
        }

        _options = options;
        _seed = seed;
        _contributor = contributor;
    }

    /// <summary>The model in use, or null before the first batch and the first merged model.</summary>
    public CentroidModel? Model { get; private set; }

    /// <summary>Batches learnt from.</summary>
    public long Batches => _state?.Batch ?? 0;

    /// <summary>The newest merge applied; 0 for none.</summary>
    public long Sequence => _state?.Sequence ?? 0;

    /// <summary>Learns from a batch.</summary>
    /// <param name="batch">Finite rows; an empty batch changes nothing.</param>
    /// <returns>The mean squared distance of the rows to the centres in use before.</returns>
    /// <exception cref="PipelineException">A value is not finite, or the number of features changed.</exception>
    public double Learn(RowBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        RowChecks.Finite(batch, "k-means");
        if (batch.Count == 0)
        {
            return 0;
        }

        if (_state is null)
        {
            _state = new KMeansState(_options.Clusters, batch.Features);
            double[] ones = new double[batch.Count];
            Array.Fill(ones, 1.0);
            KMeansPlusPlus.Cluster(batch.Values, ones, batch.Features, _options.Clusters, _options.Restarts, [], new SeededRandom(_seed, SeededRandom.Key("seeding")))
                .CopyTo(_state.Centres, 0);
        }

        RowChecks.Features(batch, _state.Dimensions, "k-means");
        double inertia = Accumulate(_state, batch);
        _state.Refresh(_options.Decay);
        DyingCentres.Replace(_state, batch, _options);
        Model = _state.Snapshot();
        return inertia / batch.Count;
    }

    /// <summary>What this learner alone has seen, to be merged with others' reports; null before the first batch.</summary>
    /// <exception cref="PipelineException">A number is too great for the artefact (1e18).</exception>
    public ModelArtifact? Report()
    {
        if (_state is null || _state.Batch == 0)
        {
            return null;
        }

        KMeansState s = _state;
        double[] masses = new double[s.Clusters];
        double[] means = new double[s.Centres.Length];
        for (int k = 0; k < s.Clusters; k++)
        {
            masses[k] = (float)s.OwnMasses[k];
            for (int i = k * s.Dimensions; i < (k + 1) * s.Dimensions; i++)
            {
                means[i] = s.OwnMasses[k] > 0 ? (float)(s.OwnSums[i] / s.OwnMasses[k]) : 0;
                if (!(Math.Abs(means[i]) <= KMeansFormat.Greatest))
                {
                    throw new PipelineException($"k-means: a centre's coordinate of {s.Centres[i]:G3} is too great for the artefact; scale the features first (transform.standardise)");
                }
            }
        }

        KMeansReport report = new(_contributor, (uint)s.Batch, (uint)s.Clock, s.Sequence, s.Basis, (float)_options.Decay, s.Dimensions, masses, means);
        _reports.RemoveAll(r => r.Batch == report.Batch);
        _reports.Add(report);
        if (_reports.Count > ReportsKept)
        {
            _reports.RemoveAt(0);
        }

        return report.Encode();
    }

    /// <summary>Takes a merged model: the others' part becomes the merged sums less this learner's report in them. Applying one twice is as once.</summary>
    /// <param name="artifact">What <see cref="KMeansMerger"/> made.</param>
    /// <exception cref="PipelineException">The artefact is damaged or of another shape; nothing has changed.</exception>
    public void Apply(ModelArtifact artifact)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        KMeansMerged merged = KMeansMerged.Decode(artifact);
        if (merged.Masses.Length != _options.Clusters || (_state is not null && merged.Dimensions != _state.Dimensions))
        {
            throw new PipelineException(
                $"k-means: the merged model has {merged.Masses.Length} clusters of {merged.Dimensions} features; "
                + $"this learner has {_options.Clusters} of {_state?.Dimensions ?? merged.Dimensions}");
        }

        if (Math.Abs(merged.Decay - (float)_options.Decay) > 1e-6)
        {
            throw new PipelineException($"k-means: the merged model has decay {merged.Decay:G4}, this learner {_options.Decay:G4}; one federation, one decay");
        }

        if (_state is { Basis: 0, Batch: > 0 } && merged.Included.All(r => r.Contributor != _contributor))
        {
            // The clustering knew nothing of the rows seen here; to squeeze them into it would join clusters that nobody could part again.
            // The next merge has this learner's report, and a place for what it saw.
            return;
        }

        _state ??= new KMeansState(_options.Clusters, merged.Dimensions);
        MergedModelApplication.Apply(_state, merged, _contributor, _reports, _options.Decay);
        _state.Refresh(_options.Decay);
        Model = _state.Snapshot();
    }

    /// <summary>Writes all state.</summary>
    internal void Save(StateWriter writer)
    {
        writer.Flag(_state is not null);
        _state?.Save(writer);
        writer.Int32(_reports.Count);
        foreach (KMeansReport report in _reports)
        {
            writer.Blob(report.Encode().Content);
        }
    }

    /// <summary>Reads all state.</summary>
    internal void Load(ref StateReader reader)
    {
        _state = reader.Flag() ? KMeansState.Load(ref reader, _options.Clusters) : null;
        _reports.Clear();
        for (int left = reader.Count(4); left > 0; left--)
        {
            _reports.Add(KMeansReport.Decode(new ModelArtifact(KMeansFormat.Kind, reader.Blob().ToArray(), 0)));
        }

        Model = _state?.Snapshot();
    }

    private double Accumulate(KMeansState s, RowBatch batch)
    {
        s.Batch++;
        s.Clock++;
        s.AgeOwn(_options.Decay);
        s.Refresh(_options.Decay); // moves the others' part to this batch's time before rows are assigned

        double total = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            ReadOnlySpan<double> row = batch.Row(i);
            int k = Centres.Nearest(row, s.Centres, out double squared);
            s.OwnMasses[k]++;
            s.Inertias[k] += squared;
            total += squared;
            for (int d = 0; d < row.Length; d++)
            {
                s.OwnSums[(k * row.Length) + d] += row[d];
            }
        }

        return total;
    }
}
