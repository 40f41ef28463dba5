using Eco.Engines.Data;

namespace Eco.Engines.Online.Learning;

/// <summary>The outcome of a merge, and what the next one needs of it.</summary>
internal sealed class MergeState(long clock, uint sequence, uint basis, int clusters, int dimensions)
{
    public long Clock { get; } = clock;

    public uint Sequence { get; } = sequence;

    public uint Basis { get; set; } = basis;

    public int Clusters { get; } = clusters;

    public int Dimensions { get; } = dimensions;

    public double[] Masses { get; } = new double[clusters];

    /// <summary>The part of the masses that reports brought which the last merge did not have.</summary>
    public double[] FreshMasses { get; } = new double[clusters];

    public double[] Centres { get; } = new double[clusters * dimensions];

    public double[] Velocities { get; } = new double[clusters * dimensions];

    /// <summary>Where the centres were at an earlier time: the start of the distance that velocities are estimated from.</summary>
    public double[] EarlierCentres { get; } = new double[clusters * dimensions];

    /// <summary>The time of <see cref="EarlierCentres"/>; equal to <see cref="Clock"/> where there are none.</summary>
    public long EarlierClock { get; set; } = clock;

    /// <summary>A number for a new basis, by its content, so that two mergers do not call different ones the same: FNV-1a, never 0.</summary>
    public static uint NewBasis(MergeState state)
    {
        uint hash = 2166136261;
        foreach (double centre in state.Centres)
        {
            ulong bits = BitConverter.DoubleToUInt64Bits(centre);
            hash = (hash ^ (uint)bits) * 16777619;
            hash = (hash ^ (uint)(bits >> 32)) * 16777619;
        }

        hash = (hash ^ state.Sequence) * 16777619;
        return hash == 0 ? 1 : hash;
    }

    /// <summary>
    /// Velocity = movement since the last merge of an earlier time over the batches between. A cluster most of whose mass is
    /// of reports known before keeps its velocity: its place was moved by it, not observed.
    /// </summary>
    public void EstimateVelocities(MergeState last)
    {
        bool sameTime = last.Clock == Clock;
        (sameTime ? last.EarlierCentres : last.Centres).CopyTo(EarlierCentres, 0);
        EarlierClock = sameTime ? last.EarlierClock : last.Clock;
        if (EarlierClock >= Clock)
        {
            return;
        }

        for (int k = 0; k < Clusters; k++)
        {
            if (Masses[k] <= 0 || last.Masses[k] <= 0 || 2 * FreshMasses[k] < Masses[k])
            {
                continue;
            }

            for (int i = k * Dimensions; i < (k + 1) * Dimensions; i++)
            {
                Velocities[i] = (Centres[i] - EarlierCentres[i]) / (Clock - EarlierClock);
            }
        }
    }

    public void Save(StateWriter writer)
    {
        writer.Int64(Clock);
        writer.UInt32(Sequence);
        writer.UInt32(Basis);
        writer.Int32(Clusters);
        writer.Int32(Dimensions);
        writer.Int64(EarlierClock);
        writer.Doubles(Masses);
        writer.Doubles(Centres);
        writer.Doubles(Velocities);
        writer.Doubles(EarlierCentres);
    }

    public static MergeState Load(ref StateReader reader)
    {
        long clock = reader.Int64();
        uint sequence = reader.UInt32();
        uint basis = reader.UInt32();
        int clusters = reader.Int32();
        int dimensions = reader.Int32();
        if (clusters is < 1 or > 255 || dimensions is < 1 or > ushort.MaxValue)
        {
            throw reader.Damaged($"{clusters} clusters of {dimensions} features");
        }

        MergeState state = new(clock, sequence, basis, clusters, dimensions) { EarlierClock = reader.Int64() };
        reader.DoublesInto(state.Masses);
        reader.DoublesInto(state.Centres);
        reader.DoublesInto(state.Velocities);
        reader.DoublesInto(state.EarlierCentres);
        return state;
    }
}
