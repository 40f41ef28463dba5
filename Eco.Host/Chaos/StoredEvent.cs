using Eco.Runtime.Persistence;

namespace Eco.Host.Chaos;

/// <summary>A row of a journal.</summary>
/// <param name="Partition">The partition of its entity.</param>
/// <param name="Ordering">Its place in the partition's journal.</param>
/// <param name="Entity">Whose event.</param>
/// <param name="SequenceNr">Its number among the entity's events.</param>
/// <param name="CreatedMilliseconds">When, in milliseconds since 1970, by its host's clock.</param>
/// <param name="Manifest">What it is.</param>
/// <param name="Payload">Its bytes.</param>
/// <param name="Writer">Who wrote it.</param>
/// <param name="Epoch">Under which claim of the partition.</param>
/// <param name="Timestamp">When, causally.</param>
internal sealed record StoredEvent(
    int Partition,
    long Ordering,
    string Entity,
    long SequenceNr,
    long CreatedMilliseconds,
    string Manifest,
    byte[] Payload,
    string Writer,
    long Epoch,
    HybridTimestamp Timestamp);
