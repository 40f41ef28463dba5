using System.Collections.Immutable;
using Eco.Runtime.Persistence;

namespace Eco.Runtime.Simulation;

/// <summary>
/// Sees what has become durable in a simulated journal, at once and whether or not anybody lives to be told. It must change nothing.
/// </summary>
public interface IJournalStorageObserver
{
    /// <summary>A transaction is stored.</summary>
    void Appended(AppendRequest request);

    /// <summary>A transaction was refused as it stands; nothing of it is stored.</summary>
    void Refused(AppendRequest request, AppendFailed answer);

    /// <summary>A snapshot is stored.</summary>
    void Saved(SaveSnapshotRequest request);

    /// <summary>Partitions have a new owner.</summary>
    void Claimed(ImmutableArray<Ownership> owned);

    /// <summary>Events are deleted.</summary>
    void Compacted(CompactEvents request);
}
