namespace Eco.Host.Output;

/// <summary>A measured value under a stable name of <c>docs/figures.md</c>.</summary>
/// <param name="Value">The value; not finite is written as <c>null</c>.</param>
/// <param name="Unit">Its unit; <c>1</c> for a ratio.</param>
/// <param name="Goal">The goal as text, such as <c>&lt;= 1.25</c>; null where the figure has none.</param>
/// <param name="Met">Whether the goal is met; null where there is none.</param>
public sealed record Figure(double Value, string Unit, string? Goal, bool? Met)
{
    /// <summary>A figure without a goal.</summary>
    public static Figure Plain(double value, string unit) => new(value, unit, null, null);

    /// <summary>A figure that should not exceed a bound.</summary>
    public static Figure AtMost(double value, string unit, double bound) =>
        new(value, unit, $"<= {Output.Plain.Number(bound)}", value <= bound);

    /// <summary>A figure that should reach a bound.</summary>
    public static Figure AtLeast(double value, string unit, double bound) =>
        new(value, unit, $">= {Output.Plain.Number(bound)}", value >= bound);
}
