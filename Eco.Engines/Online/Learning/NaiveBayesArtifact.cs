using System.Collections.Immutable;
using Eco.Engines.Abstractions;
using Eco.Engines.Data;

namespace Eco.Engines.Online.Learning;

/// <summary>
/// Artefact <c>naive-bayes/1</c>: moments, and whose they are. A report has one entry, a merged model as many as are in it.
/// <code>
/// u16 n, n × (u64 contributor, u32 batch), u16 classes, u16 d, classes × (f64 count, d × (f64 mean, f64 squared deviations))
/// </code>
/// </summary>
internal sealed record NaiveBayesArtifact(ImmutableSortedDictionary<ulong, uint> Included, ClassMoments Moments)
{
    public const string Kind = "naive-bayes/1";

    public ModelArtifact Encode()
    {
        StateWriter writer = new();
        writer.UInt16((ushort)Included.Count);
        foreach ((ulong contributor, uint batch) in Included)
        {
            writer.UInt64(contributor);
            writer.UInt32(batch);
        }

        Moments.Write(writer);
        return new ModelArtifact(Kind, writer.ToArray(), Moments.Counts.Sum());
    }

    public static NaiveBayesArtifact Decode(ModelArtifact artifact)
    {
        if (artifact.Kind != Kind)
        {
            throw new PipelineException($"a model of kind {artifact.Kind} is no {Kind}");
        }

        StateReader reader = new(artifact.Content, $"a model of kind {Kind}");
        var included = ImmutableSortedDictionary.CreateBuilder<ulong, uint>();
        for (int left = reader.UInt16(); left > 0; left--)
        {
            included[reader.UInt64()] = reader.UInt32();
        }

        ClassMoments moments = ClassMoments.Read(ref reader);
        reader.End();
        return included.Count > 0 ? new NaiveBayesArtifact(included.ToImmutable(), moments) : throw reader.Damaged("it names no contributor");
    }
}
