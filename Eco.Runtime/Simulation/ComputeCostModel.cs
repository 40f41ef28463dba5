namespace Eco.Runtime.Simulation;

/// <summary>
/// Turns work into virtual time while the arithmetic itself is really done: duration = samples / capacity, with capacity =
/// cores x (1 - load) x samples per second and core (papers.md, section 0).
/// </summary>
/// <param name="Cores">Cores of the host.</param>
/// <param name="Load">The share of them that others use: 0 up to, but not, 1.</param>
/// <param name="SamplesPerSecondPerCore">How many samples an idle core works off in a second.</param>
public sealed record ComputeCostModel(double Cores, double Load, double SamplesPerSecondPerCore)
{
    /// <summary>Samples a second under the present load.</summary>
    public double CapacitySamplesPerSecond => Cores * (1 - Load) * SamplesPerSecondPerCore;

    /// <summary>How long so many samples take.</summary>
    /// <exception cref="InvalidOperationException">The host has no capacity: no cores, or a load of 1 or more.</exception>
    public TimeSpan Duration(long samples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        double capacity = CapacitySamplesPerSecond;
        if (!(capacity > 0) || !(Load >= 0))
        {
            throw new InvalidOperationException(
                $"{Cores} cores at load {Load} with {SamplesPerSecondPerCore} samples per second and core never end: cores and rate must be above 0, the load within 0 and below 1");
        }

        return TimeSpan.FromTicks((long)Math.Ceiling(samples / capacity * TimeSpan.TicksPerSecond));
    }
}
