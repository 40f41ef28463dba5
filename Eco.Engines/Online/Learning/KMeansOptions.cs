namespace Eco.Engines.Online.Learning;

/// <summary>Parameters of <see cref="OnlineKMeans"/>.</summary>
public sealed record KMeansOptions
{
    /// <summary>k, 1 to 255.</summary>
    public int Clusters { get; init; } = 4;

    /// <summary>What a batch's weight is multiplied with at each later batch, in (0, 1].</summary>
    public double Decay { get; init; } = 0.9;

    /// <summary>Seedings tried on the first batch.</summary>
    public int Restarts { get; init; } = 10;

    /// <summary>A centre whose mass is below this fraction of the greatest mass is given up and re-seeded; 0 for never.</summary>
    public double DyingFraction { get; init; } = 1e-3;
}
