using System.Collections.Immutable;
using Eco.Engines.Data;

namespace Eco.Engines.Online.Learning;

/// <summary>All numbers of an <see cref="OnlineKMeans"/>.</summary>
internal sealed class KMeansState(int clusters, int dimensions)
{
    public int Clusters { get; } = clusters;

    public int Dimensions { get; } = dimensions;

    /// <summary>Batches learnt from.</summary>
    public long Batch { get; set; }

    /// <summary>
    /// The federation's time in batches: advances with each batch, and jumps forward when a merged model shows that others are ahead
    /// (as a Lamport clock does), which ages the own part.
    /// </summary>
    public long Clock { get; set; }

    /// <summary>The newest merge applied; 0 for none.</summary>
    public uint Sequence { get; set; }

    /// <summary>The numbering of the clusters shared with others; 0 for none.</summary>
    public uint Basis { get; set; }

    /// <summary>The time that the others' part is for.</summary>
    public long OthersClock { get; set; }

    public double[] OwnMasses { get; } = new double[clusters];

    public double[] OwnSums { get; } = new double[clusters * dimensions];

    public double[] OthersMasses { get; } = new double[clusters];

    public double[] OthersCentres { get; } = new double[clusters * dimensions];

    public double[] Velocities { get; } = new double[clusters * dimensions];

    /// <summary>Decayed sums of squared distances of own rows.</summary>
    public double[] Inertias { get; } = new double[clusters];

    /// <summary>The centres in use.</summary>
    public double[] Centres { get; } = new double[clusters * dimensions];

    /// <summary>Own and others' mass together, now.</summary>
    public double[] Masses { get; } = new double[clusters];

    public void AgeOwn(double factor)
    {
        Scale(OwnMasses, factor);
        Scale(OwnSums, factor);
        Scale(Inertias, factor);
    }

    /// <summary>Computes the centres in use from both parts; a centre with nothing behind it stays where it is.</summary>
    public void Refresh(double decay)
    {
        long age = Math.Max(0, Clock - OthersClock);
        double aged = Math.Pow(decay, age);
        double moved = Math.Min(age, OnlineKMeans.Horizon);
        for (int k = 0; k < Clusters; k++)
        {
            double others = OthersMasses[k] * aged;
            Masses[k] = OwnMasses[k] + others;
            if (Masses[k] <= 0)
            {
                continue;
            }

            for (int i = k * Dimensions; i < (k + 1) * Dimensions; i++)
            {
                Centres[i] = (OwnSums[i] + (others * (OthersCentres[i] + (Velocities[i] * moved)))) / Masses[k];
            }
        }
    }

    public CentroidModel Snapshot() => new(Dimensions, [.. Centres], [.. Masses]);

    public void Save(StateWriter writer)
    {
        writer.Int32(Dimensions);
        writer.Int64(Batch);
        writer.Int64(Clock);
        writer.UInt32(Sequence);
        writer.UInt32(Basis);
        writer.Int64(OthersClock);
        foreach (double[] numbers in AllNumbers())
        {
            writer.Doubles(numbers);
        }
    }

    public static KMeansState Load(ref StateReader reader, int clusters)
    {
        int dimensions = reader.Int32();
        if (dimensions < 1 || dimensions > reader.Remaining)
        {
            throw reader.Damaged($"{dimensions} features");
        }

        KMeansState state = new(clusters, dimensions)
        {
            Batch = reader.Int64(),
            Clock = reader.Int64(),
            Sequence = reader.UInt32(),
            Basis = reader.UInt32(),
            OthersClock = reader.Int64(),
        };
        foreach (double[] numbers in state.AllNumbers())
        {
            reader.DoublesInto(numbers);
        }

        return state;
    }

    private static void Scale(double[] values, double factor)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] *= factor;
        }
    }

    private ImmutableArray<double[]> AllNumbers() => [OwnMasses, OwnSums, OthersMasses, OthersCentres, Velocities, Inertias, Centres, Masses];
}
