using System.Collections.Immutable;

namespace Eco.Host.Chaos;

/// <summary>
/// Where a host can be made to kill itself: before or after the commit that stores an event of a kind, after the head file of an agent's journal,
/// before or after an acknowledgement. In the form of <c>ECO_CRASH_AT</c>, without the count.
/// </summary>
internal static class CrashPointCatalogue
{
    private static readonly string[] ServerEvents =
    [
        "merge.round-opened", "merge.update-received", "merge.round-closed", "merge.round-merged", "model.added", "model.submitted",
        "node.model-versioned", "node.model-propagated", "node.model-in-use", "claim", "outbox-ack",
    ];

    private static readonly string[] EdgeEvents =
    [
        "instance.model-arrived", "instance.model-applied", "instance.models-emitted", "instance.checkpoint-taken", "outbox-ack", "claim",
    ];

    private static readonly string[] CloudEvents = ["instance.run-accepted", "instance.run-settled", "outbox-ack", "claim"];

    /// <summary>A server's.</summary>
    public static ImmutableArray<string> Server { get; } = [.. Around(["journal.beforeCommit", "journal.afterCommit"], ServerEvents), "ack.beforeSend", "ack.afterSend"];

    /// <summary>Those of an agent that learns.</summary>
    public static ImmutableArray<string> Edge { get; } =
        [.. Around(["journal.beforeCommit", "journal.afterCommit", "head.afterWrite"], EdgeEvents), "ack.beforeSend", "ack.afterSend"];

    /// <summary>Those of an agent that merges.</summary>
    public static ImmutableArray<string> Cloud { get; } =
        [.. Around(["journal.beforeCommit", "journal.afterCommit", "head.afterWrite"], CloudEvents), "ack.beforeSend", "ack.afterSend"];

    private static IEnumerable<string> Around(string[] points, string[] events) => points.SelectMany(point => events.Select(name => $"{point}@{name}"));
}
