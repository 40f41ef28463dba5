using System.Collections.Immutable;

namespace Eco.Host.Chaos;

/// <summary>A fault that was injected.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">What, such as <c>server-kill</c>.</param>
/// <param name="Target">Whom.</param>
/// <param name="Detail">More about it; may be empty.</param>
internal sealed record ChaosFault(DateTimeOffset At, string Kind, string Target, string Detail)
{
    /// <summary>What the target owned then: partition and epoch. Empty where nothing has to be taken over.</summary>
    public ImmutableArray<(int Partition, long Epoch)> Owned { get; init; } = [];

    /// <summary>How long after the end of the fault both servers had their share of the partitions; null where that was not waited for.</summary>
    public TimeSpan? Balanced { get; init; }
}
