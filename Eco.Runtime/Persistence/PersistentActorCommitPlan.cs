using System.Collections.Immutable;

namespace Eco.Runtime.Persistence;

/// <summary>One transaction of an entity: all of it becomes durable, or nothing.</summary>
public sealed record CommitPlan
{
    /// <summary>Events, in order; their sequence numbers are given out by the actor.</summary>
    public ImmutableArray<object> Events { get; init; } = [];

    /// <summary>Durable messages to send.</summary>
    public ImmutableArray<OutboxRow> Outbox { get; init; } = [];

    /// <summary>Outbox rows that are no longer needed: for each receiver all up to and including a number.</summary>
    public ImmutableArray<(string Receiver, long UpTo)> Acknowledged { get; init; } = [];

    /// <summary>The inbox position that this transaction advances, or null.</summary>
    public InboxRow? Inbox { get; init; }

    /// <summary>An attempt at a message that is to be remembered, or null.</summary>
    public InboxAttempt? Attempt { get; init; }

    /// <summary>A message to be set aside, or null.</summary>
    public ParkedMessage? Parked { get; init; }

    /// <summary>The parked message that this transaction takes out again, or null.</summary>
    public (string Sender, long SequenceNr)? Unparked { get; init; }

    /// <summary>Whether the journal has to confirm that the writer still owns the entity, also where nothing is to be written.</summary>
    public bool ConfirmsOwnership { get; init; }

    internal bool IsEmpty =>
        !ConfirmsOwnership && Events.IsEmpty && Outbox.IsEmpty && Acknowledged.IsEmpty && Inbox is null && Attempt is null && Parked is null && Unparked is null;
}
