namespace Eco.Runtime.Simulation;

/// <summary>How one direction between two hosts behaves.</summary>
public sealed record LinkOptions
{
    /// <summary>1 Gbit/s and 0.5 ms (papers.md, section 0).</summary>
    public static LinkOptions Lan { get; } = new();

    /// <summary>100 Mbit/s and 30 ms (papers.md, section 0).</summary>
    public static LinkOptions Wan { get; } = new() { Latency = TimeSpan.FromMilliseconds(30), BandwidthBytesPerSecond = 12.5e6 };

    /// <summary>The time from the last byte leaving to the last byte arriving.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(0.5);

    /// <summary>Up to so much is added to the latency by chance; frames still keep their order.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>How fast bytes go into this link; at the beginning also how fast its network card is.</summary>
    public double BandwidthBytesPerSecond { get; init; } = 125e6;

    /// <summary>The probability that a frame, or a confirmation, is lost.</summary>
    public double Loss { get; init; }

    /// <summary>The probability that a frame arrives twice.</summary>
    public double Duplication { get; init; }

    /// <summary>The probability that a frame is held back and may be overtaken.</summary>
    public double Reordering { get; init; }

    /// <summary>A frame that is held back, or a second copy, comes up to so much later.</summary>
    public TimeSpan ReorderingDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>A network card with more than so much left to send drops what is added.</summary>
    public TimeSpan MaximumBacklog { get; init; } = TimeSpan.FromMinutes(2);

    internal void Validate()
    {
        RequireProbability(Loss, nameof(Loss));
        RequireProbability(Duplication, nameof(Duplication));
        RequireProbability(Reordering, nameof(Reordering));
        if (!(BandwidthBytesPerSecond > 0))
        {
            throw new ArgumentException($"{nameof(BandwidthBytesPerSecond)} is {BandwidthBytesPerSecond}: a link needs more than 0 bytes per second");
        }

        if (Latency < TimeSpan.Zero || Jitter < TimeSpan.Zero || ReorderingDelay < TimeSpan.Zero || MaximumBacklog < TimeSpan.Zero)
        {
            throw new ArgumentException("a link's latency, jitter, reordering delay and backlog must not be negative");
        }
    }

    private static void RequireProbability(double value, string name)
    {
        if (!(value >= 0 && value <= 1))
        {
            throw new ArgumentException($"{name} is {value}: a probability is between 0 and 1");
        }
    }
}
