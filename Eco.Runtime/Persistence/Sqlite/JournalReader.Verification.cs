using System.Collections.Immutable;
using Eco.Runtime.Persistence.Journals;
using Microsoft.Data.Sqlite;

namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>The whole journal, verified.</summary>
public sealed partial class JournalReader
{
    private const int MaxProblems = 100;

    /// <summary>What does not fit between the journal and its head file; null where all does.</summary>
    internal JournalDamage? CompareWithHead(JournalHeadSlot? head)
    {
        try
        {
            JournalHeadCheck.Run(head, JournalRowReader.State(_connection, _hasher, _file), _file);
            return null;
        }
        catch (JournalDamageException e)
        {
            return e.Damage;
        }
        catch (SqliteException e) when (SqliteErrors.IsDamaged(e))
        {
            return SqliteErrors.Damage(_connection, _file, e);
        }
    }

    /// <summary>Verifies pages, digests, and each entity; at most 100 problems are listed.</summary>
    internal JournalVerification Verify(JournalDamage? ofHead)
    {
        ImmutableArray<JournalDamage>.Builder problems = ImmutableArray.CreateBuilder<JournalDamage>();
        void Note(JournalDamage? damage)
        {
            if (damage is not null && problems.Count < MaxProblems && !problems.Contains(damage))
            {
                problems.Add(damage);
            }
        }

        Note(ofHead);
        (StateRow state, long entities, long events, long expected) = (default, 0, 0, 0);
        try
        {
            Consistently(() =>
            {
                if (SqliteErrors.Finding(_connection) is { } finding)
                {
                    Note(new FileCorrupt(_file, SqliteErrors.PageIn(finding), finding));
                }

                state = JournalRowReader.State(_connection, _hasher, _file);
                var ids = new List<(string Id, long Events)>();
                IReadOnlyList<EntityRow> damaged = JournalStateCheck.Run(
                    _connection, state, _hasher, _file, row => ids.Add((row.PersistenceId, row.LastSequenceNr - row.CompactedSequenceNr)));
                foreach (EntityRow row in damaged)
                {
                    Note(new EntityCorrupt(row.PersistenceId, row.LastSequenceNr, "its row of the table entity was changed"));
                }

                foreach ((string id, long own) in ids)
                {
                    entities++;
                    expected += own;
                    Note(Damage(id, () => events += VerifyEntity(id)));
                }

                // In the same transaction: a host that runs goes on writing.
                Note(problems.Count == 0 && CountEvents() is var stored && events != stored
                    ? new FileCorrupt(_file, null, FormattableString.Invariant($"{expected} events were acknowledged, {stored} are there"))
                    : null);
                return true;
            });
        }
        catch (JournalDamageException e)
        {
            Note(e.Damage);
        }

        return new JournalVerification(entities, events, state.Commit, state.LastOrdering, problems.DrainToImmutable());
    }

    private long VerifyEntity(string id)
    {
        Verified start = VerifiedStart(0, id, out EntityRow entity);
        if (start.Started.Snapshot is { } snapshot && snapshot.SequenceNr > entity.CompactedSequenceNr && HashAt(id, snapshot.SequenceNr) != start.Chain)
        {
            throw new JournalDamageException(new EntityCorrupt(id, snapshot.SequenceNr, "the snapshot's hash is not that of the chain at its event"));
        }

        (long after, Digest256 chain) = (entity.CompactedSequenceNr, entity.CompactedHash);
        do
        {
            Page(entity, ref after, ref chain);
        }
        while (after < entity.LastSequenceNr);
        return entity.LastSequenceNr - entity.CompactedSequenceNr;
    }

    private long CountEvents()
    {
        using var count = new NativeStatement(_connection, "SELECT COUNT(*) FROM journal");
        count.Step();
        long events = count.Int64(0);
        count.Reset();
        return events;
    }
}
