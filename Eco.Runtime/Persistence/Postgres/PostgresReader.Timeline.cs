using Eco.Runtime.Persistence.Journals;
using Npgsql;

namespace Eco.Runtime.Persistence.Postgres;

/// <content>Events of all entities of some partitions.</content>
internal sealed partial class PostgresReader
{
    private const int MaxRememberedLinks = 65_536;
    private readonly Dictionary<string, (long SequenceNr, Digest256 Hash)> _links = new(StringComparer.Ordinal);

    /// <summary>
    /// Events of all entities of some partitions. An ordering is given under the partition's row lock, so within a partition it rises in commit order;
    /// a snapshot of the database that has an event has all before it.
    /// </summary>
    /// <exception cref="JournalDamageException">An event is not the one that was acknowledged.</exception>
    public EventsRead Read(ReadEvents request)
    {
        using NpgsqlTransaction transaction = Begin();
        Dictionary<int, long> ends = States(null).ToDictionary(state => state.Partition, state => state.State.LastOrdering);
        Dictionary<int, long> positions = request.After.ToDictionary(position => position.Partition, position => position.Ordering);
        var unlinked = new List<Unlinked>();
        var events = new List<OrderedEvent>();
        if (request.After.Any(position => position.Ordering < ends.GetValueOrDefault(position.Partition)))
        {
            ReadEvents(request, positions, unlinked, events);
        }

        VerifyUnlinked(unlinked);
        bool isAll = events.Count < request.Limit;
        PartitionPosition[] end = [.. request.After.Select(position => position with { Ordering = ends.GetValueOrDefault(position.Partition) })];
        return new EventsRead(
            request.CorrelationId,
            [.. events],
            [.. end.Select(position => position with
            {
                Ordering = isAll ? Math.Max(position.Ordering, positions[position.Partition]) : positions[position.Partition],
            })],
            [.. end]);
    }

    private void ReadEvents(ReadEvents request, Dictionary<int, long> positions, List<Unlinked> unlinked, List<OrderedEvent> events)
    {
        using NpgsqlCommand select = Connection.Command(
            $"""
            SELECT {PostgresRows.Event}, asked.partition FROM unnest($1, $2) AS asked(partition, after),
              LATERAL (SELECT * FROM journal WHERE journal.partition = asked.partition AND ordering > asked.after ORDER BY ordering LIMIT $3) AS event
            ORDER BY ordering LIMIT $3
            """,
            request.After.Select(position => position.Partition).ToArray(),
            request.After.Select(position => position.Ordering).ToArray(),
            request.Limit);
        using NpgsqlDataReader row = select.ExecuteReader();
        while (row.Read())
        {
            Link(row, unlinked);
            var e = new OrderedEvent(row.GetInt64(4), row.GetInt32(9), row.GetString(5), PostgresRows.ReadEvent(row));
            positions[e.Partition] = e.Ordering;
            events.Add(e);
        }
    }

    private static JournalDamageException NotLinked(string id, long sequenceNr) =>
        new(new EntityCorrupt(id, sequenceNr, "the event does not fit the chain of hashes"));

    /// <summary>The event under the cursor must continue the chain of its entity; where what it continues is not known yet, that is looked up later.</summary>
    private void Link(NpgsqlDataReader row, List<Unlinked> unlinked)
    {
        (string id, long sequenceNr, Digest256 stored) = (row.GetString(5), row.GetInt64(0), row.Digest(8));
        Digest256? previous = sequenceNr == 1 ? Digest256.Zero
            : _links.TryGetValue(id, out (long SequenceNr, Digest256 Hash) link) && link.SequenceNr == sequenceNr - 1 ? link.Hash
            : null;
        if (previous is { } known)
        {
            if (PostgresRows.HashOfEvent(row, known, _hasher) != stored)
            {
                throw NotLinked(id, sequenceNr);
            }
        }
        else
        {
            unlinked.Add(new Unlinked(id, row.GetInt64(4), PostgresRows.ReadEvent(row), row.GetString(3), row.GetString(6), row.GetInt64(7), stored));
        }

        if (_links.Count >= MaxRememberedLinks)
        {
            _links.Clear();
        }

        _links[id] = (sequenceNr, stored);
    }

    private void VerifyUnlinked(List<Unlinked> unlinked)
    {
        if (unlinked.Count == 0)
        {
            return;
        }

        // An event continues one that is stored, or the one that a compaction has ended with.
        Dictionary<(string, long), Digest256> previous = Connection.Query(
            row => (Key: (row.GetString(0), row.GetInt64(1)), Hash: row.Digest(2)),
            """
            SELECT id, seq, COALESCE(journal.hash, entity.compacted_hash) FROM unnest($1, $2) AS asked(id, seq)
            LEFT JOIN journal ON journal.persistence_id = id AND journal.sequence_number = seq
            LEFT JOIN entity ON entity.persistence_id = id AND entity.compacted_seq = seq
            WHERE journal.hash IS NOT NULL OR entity.compacted_hash IS NOT NULL
            """,
            unlinked.Select(e => e.PersistenceId).ToArray(),
            unlinked.Select(e => e.Event.SequenceNr - 1).ToArray()).ToDictionary(row => row.Key, row => row.Hash);
        foreach (Unlinked e in unlinked)
        {
            if (!previous.TryGetValue((e.PersistenceId, e.Event.SequenceNr - 1), out Digest256 before)
                || _hasher.Event(before, e.PersistenceId, e.Ordering, e.Event.SequenceNr, e.Event.Manifest, e.Event.Payload, e.Hlc, e.Writer, e.Epoch) != e.Stored)
            {
                throw NotLinked(e.PersistenceId, e.Event.SequenceNr);
            }
        }
    }

    private sealed record Unlinked(string PersistenceId, long Ordering, JournalEvent Event, string Hlc, string Writer, long Epoch, Digest256 Stored);
}
