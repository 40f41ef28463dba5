using System.Collections.Immutable;

namespace Eco.Host.Chaos;

/// <summary>
/// How long the partitions of a server that was lost did nothing: from the fault to the first event that a command has led to under a new epoch.
/// Only partitions that had work just before the fault count: where nobody wants anything, nothing shows that somebody is there.
/// </summary>
/// <param name="FirstMilliseconds">In the partition that was first.</param>
/// <param name="LastMilliseconds">In the partition that was last.</param>
/// <param name="Partitions">Partitions that had work.</param>
internal sealed record TakeoverTimes(double FirstMilliseconds, double LastMilliseconds, int Partitions)
{
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(2);

    /// <summary>Of one fault; null where none of the target's partitions had work.</summary>
    public static TakeoverTimes? Of(ChaosFault fault, ILookup<int, StoredEvent> events)
    {
        long at = fault.At.ToUnixTimeMilliseconds();
        long since = at - (long)Busy.TotalMilliseconds;
        ImmutableArray<double> times =
        [
            .. fault.Owned
                .Where(owned => events[owned.Partition].Any(e => e.Epoch == owned.Epoch && e.CreatedMilliseconds >= since && e.CreatedMilliseconds <= at))
                .Select(owned => events[owned.Partition].Where(e => e.Epoch > owned.Epoch).Select(e => (double)(e.CreatedMilliseconds - at)).DefaultIfEmpty(double.PositiveInfinity).Min()),
        ];
        return times.IsEmpty ? null : new TakeoverTimes(times.Min(), times.Max(), times.Length);
    }
}
