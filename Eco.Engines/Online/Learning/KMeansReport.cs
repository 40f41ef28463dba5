using Eco.Engines.Abstractions;
using Eco.Engines.Data;

namespace Eco.Engines.Online.Learning;

/// <summary>
/// What one learner alone has seen: its decayed masses and means, without what it got from others. Artefact <c>kmeans/1</c>, role 0:
/// <code>
/// u8 role=0, u8 k, u16 d, f32 decay, u64 contributor, u32 batch, u32 clock, u32 sequence, u32 basis, k × (f32 mass, d × f32 mean)
/// </code>
/// </summary>
/// <param name="Contributor">Who reports: a hash of the agent and the component.</param>
/// <param name="Batch">Batches that it has learnt from: which of its reports this is.</param>
/// <param name="Clock">The federation's time, in batches, as it knows it.</param>
/// <param name="Sequence">The newest merge that it has applied; 0 for none.</param>
/// <param name="Basis">Which numbering of the clusters it uses; 0 for its own.</param>
/// <param name="Decay">Its decay per batch.</param>
/// <param name="Dimensions">Coordinates of a mean.</param>
/// <param name="Masses">Decayed rows of each cluster, exact in single precision.</param>
/// <param name="Means">Mean by mean, exact in single precision; of no meaning where the mass is 0.</param>
internal sealed record KMeansReport(
    ulong Contributor, uint Batch, uint Clock, uint Sequence, uint Basis, double Decay, int Dimensions, double[] Masses, double[] Means)
{
    public ModelArtifact Encode()
    {
        StateWriter writer = new();
        KMeansFormat.WriteHeader(writer, KMeansFormat.ReportRole, Masses.Length, Dimensions, Decay);
        writer.UInt64(Contributor);
        writer.UInt32(Batch);
        writer.UInt32(Clock);
        writer.UInt32(Sequence);
        writer.UInt32(Basis);
        for (int k = 0; k < Masses.Length; k++)
        {
            writer.Single((float)Masses[k]);
            KMeansFormat.WriteVector(writer, Means.AsSpan(k * Dimensions, Dimensions));
        }

        return new ModelArtifact(KMeansFormat.Kind, writer.ToArray(), Masses.Sum());
    }

    public static KMeansReport Decode(ModelArtifact artifact)
    {
        StateReader reader = KMeansFormat.Open(artifact, KMeansFormat.ReportRole, out int clusters, out int dimensions, out double decay);
        ulong contributor = reader.UInt64();
        uint batch = reader.UInt32();
        uint clock = reader.UInt32();
        uint sequence = reader.UInt32();
        uint basis = reader.UInt32();
        double[] masses = new double[clusters];
        double[] means = new double[clusters * dimensions];
        for (int k = 0; k < clusters; k++)
        {
            masses[k] = KMeansFormat.ReadMass(ref reader);
            KMeansFormat.ReadVector(ref reader, means.AsSpan(k * dimensions, dimensions));
        }

        reader.End();
        return new KMeansReport(contributor, batch, clock, sequence, basis, decay, dimensions, masses, means);
    }
}
