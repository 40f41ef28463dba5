using System.Collections.Immutable;
using Eco.Engines.Abstractions;
using Eco.Engines.Data;

namespace Eco.Engines.Online.Learning;

/// <summary>
/// Gaussian naive Bayes, learnt row by row. It keeps what it has seen itself and what others have seen apart, as <see cref="OnlineKMeans"/> does, so that
/// the model in use is exactly that of one learner with all the rows that the last merge knew of and the own ones since.
/// </summary>
public sealed class NaiveBayes
{
    private const int ReportsKept = 8;
    private readonly int _classes;
    private readonly ulong _contributor;
    private readonly List<(uint Batch, ClassMoments Moments)> _reports = [];
    private ClassMoments? _own;
    private ClassMoments? _others;

    /// <summary>Makes a learner that has seen nothing.</summary>
    /// <param name="classes">At least 2.</param>
    /// <param name="contributor">Who it is in merges; unique in a federation.</param>
    public NaiveBayes(int classes, ulong contributor = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        _classes = classes;
        _contributor = contributor;
    }

    /// <summary>The model in use, or null before the first row.</summary>
    public NaiveBayesModel? Model
    {
        get
        {
            ClassMoments? all = (_others ?? _own)?.Copy();
            if (all is not null && _others is not null && _own is not null)
            {
                all.Join(_own);
            }

            return all is null || all.Counts.Sum() <= 0 ? null : new NaiveBayesModel(all);
        }
    }

    /// <summary>Batches learnt from.</summary>
    public long Batches { get; private set; }

    /// <summary>Learns from labelled rows.</summary>
    /// <param name="batch">Finite rows; labels are class numbers.</param>
    /// <exception cref="PipelineException">A number is not finite, a label is no class, or the shape changed; nothing has been learnt then.</exception>
    public void Learn(RowBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        RowChecks.Finite(batch, NaiveBayesArtifact.Kind);
        RowChecks.Features(batch, (_own ?? _others)?.Features ?? batch.Features, NaiveBayesArtifact.Kind);
        int[] labels = [.. RowChecks.Labels(batch, NaiveBayesArtifact.Kind).Select(label => RowChecks.Class(label, _classes, NaiveBayesArtifact.Kind))];
        _own ??= new ClassMoments(_classes, batch.Features);
        for (int r = 0; r < labels.Length; r++)
        {
            _own.Add(batch.Row(r), labels[r]);
        }

        Batches++;
    }

    /// <summary>What this learner alone has seen; null before the first batch.</summary>
    public ModelArtifact? Report()
    {
        if (_own is null)
        {
            return null;
        }

        _reports.RemoveAll(r => r.Batch == (uint)Batches);
        _reports.Add(((uint)Batches, _own.Copy()));
        if (_reports.Count > ReportsKept)
        {
            _reports.RemoveAt(0);
        }

        return new NaiveBayesArtifact(ImmutableSortedDictionary<ulong, uint>.Empty.Add(_contributor, (uint)Batches), _own).Encode();
    }

    /// <summary>Takes a merged model: the others' part becomes the merged moments less this learner's report in them. Twice is as once.</summary>
    /// <param name="artifact">What <see cref="NaiveBayesMerger"/> made.</param>
    /// <exception cref="PipelineException">It is damaged or of another shape; nothing has changed.</exception>
    public void Apply(ModelArtifact artifact)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        NaiveBayesArtifact merged = NaiveBayesArtifact.Decode(artifact);
        int features = (_own ?? _others)?.Features ?? merged.Moments.Features;
        if (merged.Moments.Classes != _classes || merged.Moments.Features != features)
        {
            throw new PipelineException(
                $"{NaiveBayesArtifact.Kind}: the model has {merged.Moments.Classes} classes of {merged.Moments.Features} features, this learner {_classes} of {features}");
        }

        ClassMoments others = merged.Moments.Copy();
        if (merged.Included.TryGetValue(_contributor, out uint batch))
        {
            // A report made before this learner went back to an older checkpoint is not known any more: the own part then comes nearest to it.
            ClassMoments? reported = _reports.Find(r => r.Batch == batch).Moments ?? _own;
            if (reported is not null)
            {
                others.Part(reported);
            }
        }

        _others = others;
    }

    internal void Save(StateWriter writer)
    {
        writer.Int64(Batches);
        writer.Flag(_own is not null);
        _own?.Write(writer);
        writer.Flag(_others is not null);
        _others?.Write(writer);
        writer.Int32(_reports.Count);
        foreach ((uint batch, ClassMoments moments) in _reports)
        {
            writer.UInt32(batch);
            moments.Write(writer);
        }
    }

    internal void Load(ref StateReader reader)
    {
        Batches = reader.Int64();
        _own = reader.Flag() ? ClassMoments.Read(ref reader) : null;
        _others = reader.Flag() ? ClassMoments.Read(ref reader) : null;
        _reports.Clear();
        for (int left = reader.Count(8); left > 0; left--)
        {
            uint batch = reader.UInt32();
            _reports.Add((batch, ClassMoments.Read(ref reader)));
        }
    }
}
