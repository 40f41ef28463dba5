namespace Eco.Runtime.Simulation;

/// <summary>The one true time of a simulation. It moves only when the simulation runs, from event to event.</summary>
public sealed class VirtualClock
{
    /// <summary>The date at which every simulation starts.</summary>
    public static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Ticks of 100 ns since <see cref="Start"/>.</summary>
    public long ElapsedTicks { get; private set; }

    /// <summary>Virtual time since <see cref="Start"/>.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(ElapsedTicks);

    /// <summary>The true date, which no host needs to agree with.</summary>
    public DateTimeOffset UtcNow => Start.AddTicks(ElapsedTicks);

    internal void AdvanceTo(long ticks)
    {
        if (ticks < ElapsedTicks)
        {
            throw new InvalidOperationException($"virtual time cannot go back from {ElapsedTicks} to {ticks} ticks");
        }

        ElapsedTicks = ticks;
    }
}
