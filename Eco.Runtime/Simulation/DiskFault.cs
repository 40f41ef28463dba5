namespace Eco.Runtime.Simulation;

/// <summary>What can be wrong with a simulated disk.</summary>
public enum DiskFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>No space is left.</summary>
    Full,

    /// <summary>Writes and syncs fail.</summary>
    InputOutputError,
}
