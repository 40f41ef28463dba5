using System.Collections.Immutable;
using Eco.Host.Output;

namespace Eco.Host.Benchmarks.Kernel;

/// <summary>What a run measures, and what becomes of it.</summary>
internal static class KernelMeasures
{
    public const string Channel = "channel";
    public const string Hop = "hop";
    public const string Throw = "throw";
    public const string Tell = "tell";
    public const string TellBoxed = "tell-boxed";
    public const string PingPongOne = "pingpong-1";
    public const string PingPongEight = "pingpong-8";
    public const string Ask = "ask";
    public const string AskP50 = "ask-p50-us";
    public const string AskP99 = "ask-p99-us";
    public const string FanOut = "fanout";
    public const string Restart = "restart";
    public const string Spawn = "spawn-per-second";
    public const string IdleBytes = "bytes-per-idle-actor";
    public const string TimerLateness = "timer-lateness-p99-ms";
    public const string TimersEarly = "timers-early";
    public const string TellAllocated = "tell-allocated-bytes";

    /// <summary>The yardsticks.</summary>
    public static ImmutableArray<string> Yardsticks { get; } = [Channel, Hop, Throw];

    /// <summary>Workloads that are compared with a yardstick, and their goals on one processor: one and a half times what Akka.NET reaches, or as much.</summary>
    public static ImmutableArray<(string Name, string Yardstick, double Goal)> Ratios { get; } =
    [
        (Tell, Channel, 0.75),
        (TellBoxed, Channel, 0.48),
        (PingPongOne, Hop, 0.41),
        (PingPongEight, Hop, 0.41),
        (Ask, Hop, 0.055),
        (FanOut, Channel, 0.60),
        (Restart, Throw, 0.45),
    ];

    /// <summary>What stands for itself.</summary>
    public static ImmutableArray<(string Name, Func<double, Figure> ToFigure)> Values { get; } =
    [
        (AskP50, value => Figure.Plain(value, "us")),
        (AskP99, value => Figure.Plain(value, "us")),
        (Spawn, value => Figure.AtLeast(value, "1/s", 200_000)),
        (IdleBytes, value => Figure.AtMost(value, "bytes", 875)),
        (TimerLateness, value => Figure.AtMost(value, "ms", 20)),
        (TimersEarly, value => Figure.AtMost(value, "timers", 0)),
        (TellAllocated, value => Figure.AtMost(value, "bytes", 1)),
    ];

    /// <summary>Each name that a run reports.</summary>
    public static IEnumerable<string> All => [.. Yardsticks, .. Ratios.Select(ratio => ratio.Name), .. Values.Select(value => value.Name)];
}
