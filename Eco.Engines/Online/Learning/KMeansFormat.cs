using Eco.Engines.Abstractions;
using Eco.Engines.Data;

namespace Eco.Engines.Online.Learning;

/// <summary>What the two roles of artefact <c>kmeans/1</c> share.</summary>
internal static class KMeansFormat
{
    public const string Kind = "kmeans/1";
    public const byte ReportRole = 0;
    public const byte MergedRole = 1;

    /// <summary>Whether an artefact is a merged model (and not one learner's report), as far as its first byte tells.</summary>
    public static bool IsMerged(ModelArtifact artifact) => artifact.Content.Length > 0 && artifact.Content[0] == MergedRole;

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
            values[i] = reader.Single();
        }
    }

    public static double ReadMass(ref StateReader reader)
    {
        double mass = reader.Single();
        return mass >= 0 ? mass : throw reader.Damaged($"a mass is {mass}; it must not be negative");
    }

    private static string Name(byte role) => role switch { ReportRole => "a learner's report", MergedRole => "a merged model", _ => $"unknown ({role})" };
}
