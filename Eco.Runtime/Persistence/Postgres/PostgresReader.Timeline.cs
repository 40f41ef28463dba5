using Eco.Runtime.Persistence.Sqlite;
using Npgsql;

namespace Eco.Runtime.Persistence.Postgres;

/// <content>Events of all entities.</content>
internal sealed partial class PostgresReader
{
    private const int MaxRememberedLinks = 65_536;
    private readonly Dictionary<string, (long SequenceNr, Digest256 Hash)> _links = new(StringComparer.Ordinal);

    /// <summary>Events of all entities in the order of their numbers.</summary>
    /// <exception cref="JournalDamageException">An event is not the one that was acknowledged.</exception>
    public EventsRead Read(ReadEvents request)
    {
        using NpgsqlTransaction transaction = Begin();
        long last = States(null).Select(state => state.State.LastOrdering).DefaultIfEmpty(0).Max();
        var unlinked = new List<(string Id, long SequenceNr, Func<Digest256, bool> Fits)>();
        var read = new List<OrderedEvent>();
        using (NpgsqlCommand select = Connection.Command(
            $"SELECT {PostgresRows.Event} FROM journal WHERE ordering > $1 ORDER BY ordering LIMIT $2", request.AfterOrdering, request.Limit))
        using (NpgsqlDataReader row = select.ExecuteReader())
        {
            while (row.Read())
            {
                Link(row, unlinked);
                read.Add(new OrderedEvent(row.GetInt64(4), row.GetString(5), PostgresRows.ReadEvent(row)));
            }
        }

        foreach ((string id, long sequenceNr, Func<Digest256, bool> fits) in unlinked)
        {
            if (HashAt(id, sequenceNr - 1) is not { } previous || !fits(previous))
            {
                throw Unlinked(id, sequenceNr);
            }
        }

        return new EventsRead(request.CorrelationId, [.. read], last);
    }

    private static JournalDamageException Unlinked(string id, long sequenceNr) =>
        new(new EntityCorrupt(id, sequenceNr, "the event does not fit the chain of hashes"));

    /// <summary>The event under the cursor must continue the chain of its entity; where what it continues is not known yet, that is looked up later.</summary>
    private void Link(NpgsqlDataReader row, List<(string Id, long SequenceNr, Func<Digest256, bool> Fits)> unlinked)
    {
        (string id, long sequenceNr, Digest256 stored) = (row.GetString(5), row.GetInt64(0), row.Digest(8));
        Digest256? previous = sequenceNr == 1 ? Digest256.Zero
            : _links.TryGetValue(id, out (long SequenceNr, Digest256 Hash) link) && link.SequenceNr == sequenceNr - 1 ? link.Hash
            : null;
        if (previous is { } known)
        {
            if (PostgresRows.HashOfEvent(row, known, _hasher) != stored)
            {
                throw Unlinked(id, sequenceNr);
            }
        }
        else
        {
            (long ordering, JournalEvent e, string hlc, string writer, long epoch) =
                (row.GetInt64(4), PostgresRows.ReadEvent(row), row.GetString(3), row.GetString(6), row.GetInt64(7));
            unlinked.Add((id, sequenceNr, before => _hasher.Event(before, id, ordering, sequenceNr, e.Manifest, e.Payload, hlc, writer, epoch) == stored));
        }

        if (_links.Count >= MaxRememberedLinks)
        {
            _links.Clear();
        }

        _links[id] = (sequenceNr, stored);
    }

    private Digest256? HashAt(string id, long sequenceNr)
    {
        List<Digest256> hash = Connection.Query(
            row => row.Digest(0),
            """
            SELECT hash FROM journal WHERE persistence_id = $1 AND sequence_number = $2
            UNION ALL SELECT compacted_hash FROM entity WHERE persistence_id = $1 AND compacted_seq = $2
            """,
            id,
            sequenceNr);
        return hash.Count == 0 ? null : hash[0];
    }
}
