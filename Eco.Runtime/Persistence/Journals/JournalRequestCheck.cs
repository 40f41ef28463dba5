using System.Collections.Immutable;

namespace Eco.Runtime.Persistence.Journals;

/// <summary>What can be said against a request without reading the journal; null where nothing can.</summary>
internal static class JournalRequestCheck
{
    /// <summary>A parked row with its stack: an allowance, since the text of a stack depends on what the compiler has inlined so far.</summary>
    private const long ParkedRowBytes = 4_096;

    private const int MaxNameLength = 512;

    public static string? Error(AppendRequest request, int maxPayloadBytes)
    {
        if (request.Events.IsDefault || request.Outbox.IsDefault || request.Acknowledged.IsDefault)
        {
            return $"{request.PersistenceId}: a list is missing; an empty one is written []";
        }

        return NameError("persistence id", request.PersistenceId)
            ?? First(request.Events, e => PayloadError(request.PersistenceId, "event", e.SequenceNr, e.Manifest, e.Payload, maxPayloadBytes))
            ?? First(request.Outbox, m => NameError("receiver", m.Receiver)
                ?? PayloadError(request.PersistenceId, "message", m.SequenceNr, m.Manifest, m.Payload, maxPayloadBytes))
            ?? First(request.Acknowledged, a => NameError("receiver", a.Receiver))
            ?? (request.Inbox is { } inbox ? NameError("sender", inbox.Sender) : null)
            ?? (request.Attempt is { } attempt ? NameError("sender", attempt.Sender) : null)
            ?? (request.Parked is { } parked
                ? NameError("sender", parked.Sender)
                    ?? PayloadError(request.PersistenceId, "parked message", parked.SequenceNr, parked.Manifest, parked.Payload, maxPayloadBytes)
                : null);
    }

    public static string? Error(SaveSnapshotRequest request, int maxSnapshotBytes) =>
        NameError("persistence id", request.PersistenceId)
        ?? PayloadError(request.PersistenceId, "snapshot", request.Snapshot.SequenceNr, request.Snapshot.Manifest, request.Snapshot.Payload, maxSnapshotBytes);

    public static string? Error(ClaimPartitions request) =>
        request.PartitionCount is < 1 or > 65_536
            ? FormattableString.Invariant($"a partition count of {request.PartitionCount} is not within 1 to 65,536")
            : NameError("writer id", request.WriterId) ?? PartitionsError(request);

    public static string? Error(AnnounceMember request) => NameError("host", request.Host);

    public static string? Error(CompactEvents request) => NameError("persistence id", request.PersistenceId);

    public static string? Error(ReadParkedMessages request) => LimitError(request.Limit);

    public static string? Error(ReadEvents request) =>
        LimitError(request.Limit)
        ?? (request.After.IsDefaultOrEmpty ? "no partition is named"
            : request.After.DistinctBy(position => position.Partition).Count() < request.After.Length ? "a partition is named twice"
            : null);

    /// <summary>Payloads and something for each row's other columns; 0 lists for a request that <see cref="Error(AppendRequest, int)"/> refuses.</summary>
    public static long Bytes(AppendRequest request) => 256
        + (request.Events.IsDefault ? 0 : request.Events.Sum(e => e.Payload.Length + 128L))
        + (request.Outbox.IsDefault ? 0 : request.Outbox.Sum(m => m.Payload.Length + 128L))
        + (request.Parked is { } parked ? parked.Payload.Length + ParkedRowBytes : 0);

    private static string? LimitError(int limit) =>
        limit is < 1 or > 10_000 ? FormattableString.Invariant($"a limit of {limit} is not within 1 to 10,000") : null;

    private static string? PartitionsError(ClaimPartitions request)
    {
        if (request.Partitions.IsDefaultOrEmpty)
        {
            return "no partition is named";
        }

        int wrong = request.Partitions.FirstOrDefault(partition => partition < 0 || partition >= request.PartitionCount, -1);
        if (wrong != -1 || request.Partitions.Contains(-1))
        {
            return FormattableString.Invariant($"partition {wrong} is not within 0 to {request.PartitionCount - 1}");
        }

        return request.Partitions.Distinct().Count() == request.Partitions.Length ? null : "a partition is named twice";
    }

    private static string? First<T>(ImmutableArray<T> items, Func<T, string?> check)
    {
        foreach (T item in items)
        {
            if (check(item) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static string? NameError(string what, string name) =>
        string.IsNullOrEmpty(name) ? $"the {what} is empty"
        : name.Length > MaxNameLength ? FormattableString.Invariant($"the {what} '{name[..64]}...' is longer than {MaxNameLength} characters")
        : null;

    private static string? PayloadError(string persistenceId, string what, long sequenceNr, string manifest, byte[] payload, int maxBytes) =>
        payload.Length > maxBytes
            ? FormattableString.Invariant($"{persistenceId}: {what} {sequenceNr} ({manifest}) has {payload.Length} bytes, at most {maxBytes} are allowed; store it as an artefact")
            : NameError("manifest", manifest);
}
