using System.Collections.Immutable;
using Eco.Runtime.Persistence.Journals;
using Npgsql;

namespace Eco.Runtime.Persistence.Postgres;

/// <content>The whole journal, verified.</content>
internal sealed partial class PostgresReader
{
    private const int MaxProblems = 100;

    /// <summary>Verifies digests and each entity in one snapshot of the database; at most 100 problems are listed.</summary>
    public JournalVerification Verify()
    {
        ImmutableArray<JournalDamage>.Builder problems = ImmutableArray.CreateBuilder<JournalDamage>();
        void Note(JournalDamage? damage)
        {
            if (damage is not null && problems.Count < MaxProblems && !problems.Contains(damage))
            {
                problems.Add(damage);
            }
        }

        (long entities, long events, long commits, long lastOrdering) = (0, 0, 0, 0);
        using NpgsqlTransaction transaction = Begin();
        try
        {
            foreach ((int partition, StateRow state) in States(null))
            {
                (commits, lastOrdering) = (commits + state.Commit, Math.Max(lastOrdering, state.LastOrdering));
                var ids = new List<string>();
                foreach (EntityRow row in VerifyEntities(partition, state, row => ids.Add(row.PersistenceId)))
                {
                    Note(new EntityCorrupt(row.PersistenceId, row.LastSequenceNr, "its row of the table entity was changed"));
                }

                foreach (string id in ids)
                {
                    entities++;
                    Note(Damage(id, () => events += VerifyEntity(id)));
                }
            }

            long stored = Connection.Query(row => row.GetInt64(0), "SELECT COUNT(*) FROM journal")[0];
            Note(problems.Count == 0 && events != stored
                ? new FileCorrupt(session.Database, null, FormattableString.Invariant($"{events} events were acknowledged, {stored} are there"))
                : null);
        }
        catch (JournalDamageException e)
        {
            Note(e.Damage);
        }

        return new JournalVerification(entities, events, commits, lastOrdering, problems.DrainToImmutable());
    }

    private long VerifyEntity(string id)
    {
        (Verified start, EntityRow entity) = VerifiedStart(0, id);
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

    private Digest256? HashAt(string id, long sequenceNr)
    {
        List<Digest256> hash = Connection.Query(
            row => row.Digest(0), "SELECT hash FROM journal WHERE persistence_id = $1 AND sequence_number = $2", id, sequenceNr);
        return hash.Count == 0 ? null : hash[0];
    }
}
