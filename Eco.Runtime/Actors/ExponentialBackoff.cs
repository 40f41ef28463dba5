namespace Eco.Runtime.Actors;

/// <summary>Waits that double from a minimum to a maximum, each longer by a random part so that many do not start together.</summary>
/// <param name="Min">The first wait; greater than zero.</param>
/// <param name="Max">The longest wait before the random part; not less than <paramref name="Min"/>.</param>
/// <param name="RandomFactor">Up to this fraction is added: 0.2 adds 0 to 20 %.</param>
public sealed record ExponentialBackoff(TimeSpan Min, TimeSpan Max, double RandomFactor)
{
    /// <summary>The wait before the next start.</summary>
    /// <param name="restarts">How many restarts went before, from 0.</param>
    /// <param name="random">The system's chance.</param>
    public TimeSpan Delay(int restarts, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfNegative(restarts);
        Validate();
        double factor = Math.Pow(2, Math.Min(restarts, 62));
        double milliseconds = Math.Min(Max.TotalMilliseconds, Min.TotalMilliseconds * factor);
        return TimeSpan.FromMilliseconds(milliseconds * (1 + (random.NextDouble() * RandomFactor)));
    }

    internal void Validate()
    {
        if (Min <= TimeSpan.Zero || Max < Min || !(RandomFactor >= 0) || double.IsInfinity(RandomFactor))
        {
            throw new ArgumentException(
                $"a back-off needs 0 < min <= max and a random factor of at least 0, not min {Min}, max {Max}, factor {RandomFactor}");
        }
    }
}
