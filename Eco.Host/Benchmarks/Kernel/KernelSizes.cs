namespace Eco.Host.Benchmarks.Kernel;

/// <summary>How much each workload does in one run.</summary>
internal sealed record KernelSizes
{
    /// <summary>As the goals are defined.</summary>
    public static KernelSizes Full { get; } = new();

    /// <summary>Enough to see that everything works; too little for figures.</summary>
    public static KernelSizes Quick { get; } = new()
    {
        Runs = 1,
        WarmUps = 0,
        Messages = 100_000,
        Hops = 200_000,
        Throws = 5_000,
        PingPongMessages = 100_000,
        Asks = 20_000,
        FanOutActors = 1_000,
        FanOutTimes = 20,
        Restarts = 5_000,
        Actors = 20_000,
        Timers = 2_000,
    };

    /// <summary>Runs on one processor, and as many on all.</summary>
    public int Runs { get; private init; } = 5;

    /// <summary>So often each workload runs before it is measured: the runtime compiles twice, and the second time it knows what is hot.</summary>
    public int WarmUps { get; private init; } = 3;

    public int Messages { get; private init; } = 10_000_000;

    public int AllocationMessages => Messages / 10;

    public int Hops { get; private init; } = 20_000_000;

    public int Throws { get; private init; } = 500_000;

    public int PingPongMessages { get; private init; } = 8_000_000;

    public int Asks { get; private init; } = 1_000_000;

    public int FanOutActors { get; private init; } = 10_000;

    public int FanOutTimes { get; private init; } = 100;

    public int Restarts { get; private init; } = 300_000;

    public int Actors { get; private init; } = 1_000_000;

    public int Timers { get; private init; } = 100_000;
}
