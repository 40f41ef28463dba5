using System.Collections.Immutable;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;

namespace Eco.Host.Campaigns.Oracles;

/// <summary>
/// Watches a run and says when a promise is broken. It sees each durable change as it happens and keeps what it needs to judge the next
/// one in constant time; it must not change the run.
/// </summary>
internal abstract class Oracle
{
    /// <summary>Which promise, such as <c>I2 journals</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The first broken promise; null while there is none.</summary>
    public string? Violation { get; private set; }

    /// <summary>A transaction is durable.</summary>
    public virtual void Committed(JournalCommit commit)
    {
    }

    /// <summary>A journal has refused a transaction.</summary>
    public virtual void Refused(string database, AppendRequest request, AppendFailed answer)
    {
    }

    /// <summary>Partitions of a database have a new owner.</summary>
    public virtual void Claimed(string database, ImmutableArray<Ownership> owned)
    {
    }

    /// <summary>A snapshot is durable.</summary>
    public virtual void Saved(string database, SaveSnapshotRequest request)
    {
    }

    /// <summary>Events are deleted.</summary>
    public virtual void Compacted(string database, CompactEvents request)
    {
    }

    /// <summary>A host hands a frame to its transport.</summary>
    public virtual void Sent(string host, Frame frame)
    {
    }

    /// <summary>A statistics store is about to be used, by an agent or for it.</summary>
    public virtual void Statistics(string agent)
    {
    }

    /// <summary>A host is about to be killed.</summary>
    public virtual void Crashing(string host)
    {
    }

    /// <summary>A host's disk is replaced by an empty one.</summary>
    public virtual void Erased(string host)
    {
    }

    /// <summary>A thousand events have been handled since the last call.</summary>
    public virtual void Thousand()
    {
    }

    /// <summary>The liveness phase is over.</summary>
    public virtual void Ended()
    {
    }

    /// <summary>Notes a broken promise; only the first one counts, what follows may be its consequence.</summary>
    protected void Violate(string what) => Violation ??= what;
}
