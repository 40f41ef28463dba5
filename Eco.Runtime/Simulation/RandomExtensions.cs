using Eco.Runtime.Dispatch;

namespace Eco.Runtime.Simulation;

/// <summary>What the simulated world asks of a random stream.</summary>
internal static class RandomExtensions
{
    public static bool Chance(this Random random, double probability) => probability > 0 && random.NextDouble() < probability;

    public static long NextTicks(this Random random, TimeSpan bound) => (long)(random.NextDouble() * bound.Ticks);

    /// <summary>A source for something that makes its own streams, such as one start of a host.</summary>
    public static SeededRandomSource Derive(this IRandomSource source, string purpose) =>
        new(unchecked((ulong)source.Stream(purpose).NextInt64(long.MinValue, long.MaxValue)));
}
