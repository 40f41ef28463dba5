namespace Eco.Runtime.Simulation;

/// <summary>What a simulation was run for did not come to pass within its limit of virtual time.</summary>
public sealed class SimulationTimeoutException : Exception
{
    internal SimulationTimeoutException(ulong seed, string message)
        : base(message) => Seed = seed;

    /// <summary>The seed of the run that failed.</summary>
    public ulong Seed { get; }
}
