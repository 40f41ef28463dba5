using System.Collections.Immutable;
using System.Globalization;
using Eco.Runtime.Persistence;

namespace Eco.Host.Campaigns.Oracles;

/// <summary>
/// I2. Events of an entity are gapless; an owner epoch has one writer, and nobody writes with an older epoch than one that was claimed;
/// and no actor ever asks a journal for what it has to refuse, unless it has lost its partition.
/// </summary>
internal sealed class JournalOracle : Oracle
{
    private readonly Dictionary<(string Database, string Entity), long> _last = [];
    private readonly Dictionary<(string Database, int Partition), Ownership> _owners = [];

    public override string Name => "I2 journals";

    public override void Claimed(string database, ImmutableArray<Ownership> owned)
    {
        foreach (Ownership claim in owned)
        {
            long before = _owners.GetValueOrDefault((database, claim.Partition))?.OwnerEpoch ?? 0;
            if (claim.OwnerEpoch != before + 1)
            {
                Violate(Text($"partition {claim.Partition} of {database} is claimed in epoch {claim.OwnerEpoch} after {before}"));
            }

            _owners[(database, claim.Partition)] = claim;
        }
    }

    public override void Committed(JournalCommit commit)
    {
        AppendRequest request = commit.Request;
        if (_owners.GetValueOrDefault((commit.Database, request.Ownership.Partition)) != request.Ownership)
        {
            Violate(Text($"{commit.Entity} is written by {request.Ownership.WriterId} in epoch {request.Ownership.OwnerEpoch}, which does not own partition {request.Ownership.Partition}"));
        }

        if (request.Events.IsEmpty)
        {
            return;
        }

        long last = _last.GetValueOrDefault((commit.Database, commit.Entity));
        foreach (JournalEvent e in request.Events)
        {
            if (e.SequenceNr != ++last)
            {
                Violate(Text($"{commit.Entity} has event {e.SequenceNr} where {last} is due"));
            }
        }

        _last[(commit.Database, commit.Entity)] = last;
    }

    public override void Refused(string database, AppendRequest request, AppendFailed answer)
    {
        if (answer.Reason != AppendFailureReason.Fenced)
        {
            Violate($"{database} refuses a transaction of {request.PersistenceId}: {answer.Reason}: {answer.Message}");
        }
        else if (_owners.GetValueOrDefault((database, request.Ownership.Partition)) == request.Ownership)
        {
            Violate($"{request.PersistenceId} owns its partition and is fenced: {answer.Message}");
        }
    }

    public override void Erased(string host)
    {
        foreach ((string, string) key in _last.Keys.Where(key => key.Database == host).ToArray())
        {
            _last.Remove(key);
        }

        foreach ((string, int) key in _owners.Keys.Where(key => key.Database == host).ToArray())
        {
            _owners.Remove(key);
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
