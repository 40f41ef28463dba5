using System.Collections.Immutable;

namespace Eco.Engines.Online.Learning;

/// <summary>Centres of clusters as a learner uses them at one moment. Immutable.</summary>
/// <param name="Dimensions">Coordinates of a centre.</param>
/// <param name="Centres">Centre by centre.</param>
/// <param name="Masses">The decayed number of rows behind each centre.</param>
public sealed record CentroidModel(int Dimensions, ImmutableArray<double> Centres, ImmutableArray<double> Masses)
{
    /// <summary>The distance of a row to the nearest centre.</summary>
    /// <param name="row">As many numbers as <see cref="Dimensions"/>.</param>
    public double Distance(ReadOnlySpan<double> row)
    {
        if (row.Length != Dimensions)
        {
            throw new ArgumentException($"a row has {row.Length} features, the centres have {Dimensions}", nameof(row));
        }

        _ = Learning.Centres.Nearest(row, Centres.AsSpan(), out double squared);
        return Math.Sqrt(squared);
    }

    /// <summary>Root mean square distance of true centres to these under the best assignment.</summary>
    /// <param name="truth">As many centres as here, centre by centre.</param>
    public double ErrorAgainst(ReadOnlySpan<double> truth)
    {
        if (truth.Length != Centres.Length)
        {
            throw new ArgumentException($"{truth.Length / Dimensions} true centres, {Masses.Length} estimates; they must be equally many", nameof(truth));
        }

        return Learning.Centres.RootMeanSquareError(truth, Centres.AsSpan(), Dimensions);
    }
}
