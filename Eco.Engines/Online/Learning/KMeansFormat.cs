using Eco.Engines.Abstractions;
using Eco.Engines.Data;

namespace Eco.Engines.Online.Learning;

/// <summary>What the two roles of artefact <c>kmeans/1</c> share.</summary>
internal static class KMeansFormat
{
    public const string Kind = "kmeans/1";
    public const byte ReportRole = 0;
    public const byte MergedRole = 1;

    /// <summary>The greatest mass and coordinate admitted: sums of mass times coordinate then stay within single precision.</summary>
    public const double Greatest = 1e18;

    /// <summary>The centres of an artefact of either role, for use without learning; of a report those with rows behind them.</summary>
    public static CentroidModel DecodeCentres(ModelArtifact artifact)
    {
        if (artifact.Kind == Kind && artifact.Content.Length > 0 && artifact.Content[0] == MergedRole)
        {
            KMeansMerged merged = KMeansMerged.Decode(artifact);
            return Populated(merged.Dimensions, merged.Centres, merged.Masses);
        }

        KMeansReport report = KMeansReport.Decode(artifact);
        return Populated(report.Dimensions, report.Means, report.Masses);
    }

    public static void WriteHeader(StateWriter writer, byte role, int clusters, int dimensions, double decay)
    {
        writer.Byte(role);
        writer.Byte((byte)clusters);
        writer.UInt16((ushort)dimensions);
        writer.Single((float)decay);
    }

    public static StateReader Open(ModelArtifact artifact, byte role, out int clusters, out int dimensions, out double decay)
    {
        if (artifact.Kind != Kind)
        {
            throw new PipelineException($"a model of kind {artifact.Kind} is no {Kind}");
        }

        StateReader reader = new(artifact.Content, $"a model of kind {Kind}");
        byte found = reader.Byte();
        if (found != role)
        {
            throw reader.Damaged($"its role is {Name(found)}; {Name(role)} is wanted here");
        }

        clusters = reader.Byte();
        dimensions = reader.UInt16();
        decay = reader.Single();
        if (clusters == 0 || dimensions == 0 || decay is not (> 0 and <= 1))
        {
            throw reader.Damaged($"{clusters} clusters of {dimensions} features with decay {decay}: the first two must be at least 1, decay in (0, 1]");
        }

        // Before any array is made: a few damaged bytes must not ask for gigabytes.
        if ((long)clusters * (dimensions + 1) * 4 > reader.Remaining)
        {
            throw reader.Damaged($"{clusters} clusters of {dimensions} features do not fit {reader.Remaining} bytes");
        }

        return reader;
    }

    public static void WriteVector(StateWriter writer, ReadOnlySpan<double> values)
    {
        foreach (double value in values)
        {
            writer.Single((float)value);
        }
    }

    public static void ReadVector(ref StateReader reader, Span<double> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Bounded(ref reader);
        }
    }

    public static double ReadMass(ref StateReader reader)
    {
        double mass = Bounded(ref reader);
        return mass >= 0 ? mass : throw reader.Damaged($"a mass is {mass}; it must not be negative");
    }

    private static double Bounded(ref StateReader reader)
    {
        double value = reader.Single();
        return Math.Abs(value) <= Greatest ? value : throw reader.Damaged($"{value} is beyond {Greatest}");
    }

    private static CentroidModel Populated(int dimensions, double[] centres, double[] masses)
    {
        int[] used = [.. Enumerable.Range(0, masses.Length).Where(k => masses[k] > 0)];
        return used.Length > 0
            ? new CentroidModel(dimensions, [.. used.SelectMany(k => centres[(k * dimensions)..((k + 1) * dimensions)])], [.. used.Select(k => masses[k])])
            : throw new PipelineException($"a model of kind {Kind} has no rows behind any centre");
    }

    private static string Name(byte role) => role switch { ReportRole => "a learner's report", MergedRole => "a merged model", _ => $"unknown ({role})" };
}
