using System.Collections.Immutable;
using Eco.Engines.Abstractions;
using Eco.Engines.Data;

namespace Eco.Engines.Online.Learning;

/// <summary>
/// Joins the latest report of each contributor, absent ones included. Reports replace, they never add up: merging the same again gives the same.
/// </summary>
public sealed class NaiveBayesMerger
{
    private readonly SortedDictionary<ulong, (uint Batch, ClassMoments Moments)> _latest = [];

    /// <summary>Contributors known.</summary>
    public int Contributors => _latest.Count;

    /// <summary>Merges.</summary>
    /// <param name="reports">What learners' <see cref="NaiveBayes.Report"/> gave; of one contributor the latest counts.</param>
    /// <param name="refusals">Takes a line for each report that could not be used.</param>
    /// <exception cref="PipelineException">No report can be used.</exception>
    public ModelArtifact Merge(ImmutableArray<ModelArtifact> reports, ICollection<string> refusals)
    {
        ArgumentNullException.ThrowIfNull(refusals);
        int used = 0;
        for (int i = 0; i < reports.Length; i++)
        {
            try
            {
                Take(NaiveBayesArtifact.Decode(reports[i]));
                used++;
            }
            catch (PipelineException refusal)
            {
                refusals.Add($"model {i} is left out: {refusal.Message}");
            }
        }

        if (used == 0)
        {
            throw new PipelineException($"merge of naive Bayes: none of {reports.Length} models can be used: {string.Join("; ", refusals)}");
        }

        ClassMoments first = _latest.Values.First().Moments;
        ClassMoments sum = new(first.Classes, first.Features);
        foreach ((uint _, ClassMoments moments) in _latest.Values)
        {
            sum.Join(moments);
        }

        return new NaiveBayesArtifact(_latest.ToImmutableSortedDictionary(e => e.Key, e => e.Value.Batch), sum).Encode();
    }

    internal void Save(StateWriter writer)
    {
        writer.Int32(_latest.Count);
        foreach ((ulong contributor, (uint batch, ClassMoments moments)) in _latest)
        {
            writer.UInt64(contributor);
            writer.UInt32(batch);
            moments.Write(writer);
        }
    }

    internal void Load(ref StateReader reader)
    {
        _latest.Clear();
        for (int left = reader.Count(16); left > 0; left--)
        {
            ulong contributor = reader.UInt64();
            uint batch = reader.UInt32();
            _latest[contributor] = (batch, ClassMoments.Read(ref reader));
        }
    }

    private void Take(NaiveBayesArtifact report)
    {
        if (report.Included.Count != 1)
        {
            throw new PipelineException("it is a merged model, not one learner's report");
        }

        ClassMoments? known = _latest.Values.Select(e => e.Moments).FirstOrDefault();
        if (known is not null && (known.Classes != report.Moments.Classes || known.Features != report.Moments.Features))
        {
            throw new PipelineException(
                $"{report.Moments.Classes} classes of {report.Moments.Features} features, where the others have {known.Classes} of {known.Features}");
        }

        (ulong contributor, uint batch) = report.Included.First();
        if (!_latest.TryGetValue(contributor, out (uint Batch, ClassMoments) latest) || latest.Batch <= batch)
        {
            if (_latest.Count >= KMeansMerger.MaxContributors && !_latest.ContainsKey(contributor))
            {
                throw new PipelineException($"there are {KMeansMerger.MaxContributors} contributors already, the most that one merge takes");
            }

            _latest[contributor] = (batch, report.Moments);
        }
    }
}
