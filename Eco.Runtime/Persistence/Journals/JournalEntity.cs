namespace Eco.Runtime.Persistence.Journals;

/// <summary>What the writer remembers of an entity between its transactions, so that a plain append reads nothing.</summary>
internal sealed class JournalEntity(EntityRow row, Digest256? stored)
{
    /// <summary>The entity's row as the running transaction will write it.</summary>
    public EntityRow Row { get; set; } = row;

    /// <summary>The hash of the row that is in the table; null where there is none.</summary>
    public Digest256? Stored { get; set; } = stored;

    /// <summary>Whether <see cref="Row"/> differs from the table's.</summary>
    public bool IsChanged { get; set; }

    public Dictionary<string, (long Last, long Acknowledged)> Positions { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, (long Last, long Epoch)> Inbox { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, InboxAttempt> Attempts { get; } = new(StringComparer.Ordinal);

    /// <summary>About how many rows it holds in memory.</summary>
    public int Weight => 1 + Positions.Count + Inbox.Count + Attempts.Count;

    /// <summary>Counts a changed row of the entity in its digest.</summary>
    public void Replace(Digest256? old, Digest256? now) =>
        Row = Row with { Rows = Row.Rows - (old ?? Digest256.Zero) + (now ?? Digest256.Zero) };
}
