namespace Eco.Runtime.Simulation;

/// <summary>Something in a simulated world threw. The message has all that is needed to run it again.</summary>
public sealed class SimulationFailedException : Exception
{
    internal SimulationFailedException(ulong seed, string report, Exception cause)
        : base($"{cause.GetType().Name}: {cause.Message}{Environment.NewLine}{report}", cause) => Seed = seed;

    /// <summary>The seed of the run that failed.</summary>
    public ulong Seed { get; }
}
