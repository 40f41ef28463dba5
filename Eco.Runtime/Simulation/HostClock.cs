namespace Eco.Runtime.Simulation;

/// <summary>How wrong a host's date is; its hardware clock, which no crash sets right.</summary>
internal sealed class HostClock
{
    public TimeSpan Skew { get; set; }

    public long DriftPartsPerMillion { get; set; }
}
