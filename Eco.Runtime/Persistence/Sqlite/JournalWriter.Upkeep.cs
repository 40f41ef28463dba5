using System.Collections.Immutable;
using Microsoft.Data.Sqlite;

namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>Attempts, parked messages, members and compaction.</summary>
internal sealed partial class JournalWriter
{
    /// <summary>The database's clock, in milliseconds since 1970.</summary>
    private const string Now = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";

    private const long RememberMembersMilliseconds = 24L * 60 * 60 * 1000;

    /// <summary>Notes or forgets a member in the running transaction.</summary>
    public MembersListed Announce(AnnounceMember request)
    {
        (request.Leaves ? _deleteMember : _upsertMember).Run(request.Host);
        ImmutableArray<Member>.Builder members = ImmutableArray.CreateBuilder<Member>();
        using SqliteDataReader row = _selectMembers.Query(RememberMembersMilliseconds);
        while (row.Read())
        {
            members.Add(new Member(row.GetString(0), TimeSpan.FromMilliseconds(Math.Max(0, row.GetInt64(1)))));
        }

        members.Sort((left, right) => string.CompareOrdinal(left.Host, right.Host));
        return new MembersListed(request.CorrelationId, members.DrainToImmutable());
    }

    /// <summary>Deletes events below the stored snapshot in the running transaction.</summary>
    public object Compact(CompactEvents request)
    {
        if (FenceError(request.Ownership) is { } fenced)
        {
            return new CompactionFailed(request.CorrelationId, fenced);
        }

        long newest = (long?)_selectLastSnapshot.Scalar(request.PersistenceId) ?? 0;
        return request.UpTo > newest
            ? new CompactionFailed(
                request.CorrelationId,
                Text($"{request.PersistenceId}: events up to {request.UpTo} cannot be deleted, the stored snapshot contains only those up to {newest}"))
            : new Compacted(request.CorrelationId, _deleteEvents.Run(request.PersistenceId, request.UpTo));
    }

    private AppendFailed? SetAside(AppendRequest request)
    {
        string receiver = request.PersistenceId;
        if (request.Attempt is { } attempt)
        {
            _upsertAttempt.Run(receiver, attempt.Sender, attempt.SequenceNr, attempt.Attempts, attempt.Reason);
        }

        if (request.Parked is { } parked)
        {
            _insertParked.Run(
                receiver,
                parked.Sender,
                parked.SequenceNr,
                parked.Timestamp.WallMilliseconds,
                parked.Payload,
                parked.Manifest,
                parked.Timestamp.ToString(),
                parked.Attempts,
                parked.Reason,
                parked.Detail);
        }

        return request.Unparked is { } taken && _deleteParked.Run(receiver, taken.Sender, taken.SequenceNr) == 0
            ? Failure(request, AppendFailureReason.Rejected, $"message {taken.SequenceNr} of {taken.Sender} is not parked")
            : null;
    }
}
