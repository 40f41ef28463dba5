using System.Collections.Immutable;
using Eco.Engines.Abstractions;
using Eco.Engines.Data;

namespace Eco.Engines.Online.Learning;

/// <summary>
/// The sum of what all contributors have seen. Artefact <c>kmeans/1</c>, role 1:
/// <code>
/// u8 role=1, u8 k, u16 d, f32 decay, u32 clock, u32 sequence, u32 basis, k × (f32 mass, d × f32 centre, d × f32 velocity),
/// u16 n, n × (u64 contributor, u32 batch, u16 age)
/// </code>
/// </summary>
/// <param name="Clock">The federation's time, in batches, that masses and centres are for.</param>
/// <param name="Sequence">Greater than that of every merge known here.</param>
/// <param name="Basis">Which numbering of the clusters this is; never 0.</param>
/// <param name="Decay">The contributors' decay per batch.</param>
/// <param name="Dimensions">Coordinates of a centre.</param>
/// <param name="Masses">Decayed rows of each cluster.</param>
/// <param name="Centres">Centre by centre.</param>
/// <param name="Velocities">Movement per batch, centre by centre.</param>
/// <param name="Included">Which reports are in it, by contributor in ascending order.</param>
internal sealed record KMeansMerged(
    uint Clock,
    uint Sequence,
    uint Basis,
    double Decay,
    int Dimensions,
    double[] Masses,
    double[] Centres,
    double[] Velocities,
    ImmutableArray<IncludedReport> Included)
{
    public ModelArtifact Encode()
    {
        StateWriter writer = new();
        KMeansFormat.WriteHeader(writer, KMeansFormat.MergedRole, Masses.Length, Dimensions, Decay);
        writer.UInt32(Clock);
        writer.UInt32(Sequence);
        writer.UInt32(Basis);
        for (int k = 0; k < Masses.Length; k++)
        {
            writer.Single((float)Masses[k]);
            KMeansFormat.WriteVector(writer, Centres.AsSpan(k * Dimensions, Dimensions));
            KMeansFormat.WriteVector(writer, Velocities.AsSpan(k * Dimensions, Dimensions));
        }

        writer.UInt16((ushort)Included.Length);
        foreach (IncludedReport report in Included)
        {
            writer.UInt64(report.Contributor);
            writer.UInt32(report.Batch);
            writer.UInt16(report.Age);
        }

        return new ModelArtifact(KMeansFormat.Kind, writer.ToArray(), Masses.Sum());
    }

    public static KMeansMerged Decode(ModelArtifact artifact)
    {
        StateReader reader = KMeansFormat.Open(artifact, KMeansFormat.MergedRole, out int clusters, out int dimensions, out double decay);
        uint clock = reader.UInt32();
        uint sequence = reader.UInt32();
        uint basis = reader.UInt32();
        if (basis == 0)
        {
            throw reader.Damaged("a merged model has basis 0");
        }

        double[] masses = new double[clusters];
        double[] centres = new double[clusters * dimensions];
        double[] velocities = new double[clusters * dimensions];
        for (int k = 0; k < clusters; k++)
        {
            masses[k] = KMeansFormat.ReadMass(ref reader);
            KMeansFormat.ReadVector(ref reader, centres.AsSpan(k * dimensions, dimensions));
            KMeansFormat.ReadVector(ref reader, velocities.AsSpan(k * dimensions, dimensions));
        }

        var included = ImmutableArray.CreateBuilder<IncludedReport>();
        for (int left = reader.UInt16(); left > 0; left--)
        {
            included.Add(new IncludedReport(reader.UInt64(), reader.UInt32(), reader.UInt16()));
        }

        reader.End();
        return new KMeansMerged(clock, sequence, basis, decay, dimensions, masses, centres, velocities, included.ToImmutable());
    }
}
