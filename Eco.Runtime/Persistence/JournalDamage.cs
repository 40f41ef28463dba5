using System.Globalization;

namespace Eco.Runtime.Persistence;

/// <summary>
/// What is wrong with a journal that no longer is what was acknowledged. Whoever meets it says so and stops; nothing shorter or other is
/// ever read in its place.
/// </summary>
/// <param name="Detail">What was found, as the rest of a line.</param>
public abstract record JournalDamage(string Detail)
{
    /// <summary>The outcome's name with its data, such as <c>JournalCorrupt(ion-1, 7)</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What an operator can do.</summary>
    public abstract string Cure { get; }

    /// <summary>Name and detail in one line.</summary>
    public sealed override string ToString() => $"{Name}: {Detail}";

    private protected static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The rows of one entity are not those that were acknowledged: that entity cannot start, the others can.</summary>
/// <param name="PersistenceId">The entity.</param>
/// <param name="SequenceNr">The first event that is wrong or missing; the last event where it is the entity's other rows.</param>
/// <param name="Detail">What was found.</param>
public sealed record EntityCorrupt(string PersistenceId, long SequenceNr, string Detail) : JournalDamage(Detail)
{
    /// <inheritdoc/>
    public override string Name => Text($"JournalCorrupt({PersistenceId}, {SequenceNr})");

    /// <inheritdoc/>
    public override string Cure => "stop the host, keep a copy of its folder, and restore the folder from a backup; the other entities may go on meanwhile";
}

/// <summary>The file is damaged beyond a single entity.</summary>
/// <param name="File">Its name.</param>
/// <param name="Page">The damaged page, from 1; null where SQLite does not know it.</param>
/// <param name="Detail">What was found.</param>
public sealed record FileCorrupt(string File, long? Page, string Detail) : JournalDamage(Detail)
{
    /// <summary>Whether SQLite finds its pages damaged, so that writing on could damage more.</summary>
    public bool IsInPages { get; init; }

    /// <summary>Whether the file is sound in itself and only its last commit is not the acknowledged one.</summary>
    public bool IsAnotherHistory { get; init; }

    /// <inheritdoc/>
    public override string Name => Page is { } page ? Text($"JournalCorrupt({File}, page {page})") : $"JournalCorrupt({File}, page unknown)";

    /// <inheritdoc/>
    public override string Cure => "keep a copy of its folder and restore the folder from a backup, or move it away and start anew; 'eco audit verify' shows what else is wrong";
}

/// <summary>The journal ends before what it has acknowledged.</summary>
/// <param name="LastAcknowledged">The ordering of the last acknowledged event.</param>
/// <param name="Found">The ordering of the last event that is there.</param>
/// <param name="Detail">What was found.</param>
public sealed record JournalTruncated(long LastAcknowledged, long Found, string Detail) : JournalDamage(Detail)
{
    /// <inheritdoc/>
    public override string Name => Text($"JournalTruncated({LastAcknowledged}, {Found})");

    /// <inheritdoc/>
    public override string Cure => "put back the journal's files (journal.db with journal.db-wal) of that time; if they are lost, " + (Found > 0
        ? "'eco audit verify --adopt' accepts the loss and lets the host start from what is there"
        : "nothing is there to go on from: restore the folder from a backup, or move it away and start anew");
}

/// <summary>The head file cannot vouch for the journal: missing, or damaged in both slots.</summary>
/// <param name="Detail">What was found.</param>
public sealed record JournalHeadLost(string Detail) : JournalDamage(Detail)
{
    /// <inheritdoc/>
    public override string Name => "JournalHeadLost";

    /// <inheritdoc/>
    public override string Cure =>
        "put back journal.head; if it is lost or the journal is a restored backup, 'eco audit verify --adopt' checks the journal and makes a new one";
}
