using System.Collections.Immutable;

namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>Events of all entities in commit order.</summary>
public sealed partial class JournalReader
{
    private const int MaxRememberedLinks = 65_536;
    private readonly Dictionary<string, (long SequenceNr, Digest256 Hash)> _links = new(StringComparer.Ordinal);

    /// <summary>Events of all entities in commit order.</summary>
    /// <exception cref="JournalDamageException">An event is missing, or is not the one that was acknowledged.</exception>
    public EventsRead Read(ReadEvents request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Consistently(() =>
        {
            StateRow state = StateRow.Read(_connection, _hasher, _file);
            ImmutableArray<OrderedEvent>.Builder events = ImmutableArray.CreateBuilder<OrderedEvent>();
            long last = request.AfterOrdering;
            _allEvents.Bind(1, request.AfterOrdering).Bind(2, request.Limit);
            while (_allEvents.Step())
            {
                long ordering = _allEvents.Int64(4);
                RequireNoneMissing(state, last, ordering - 1);
                VerifyLink(state, ordering);
                events.Add(new OrderedEvent(ordering, _allEvents.Text(5), ReadEvent(_allEvents)));
                last = ordering;
            }

            if (events.Count < request.Limit)
            {
                RequireNoneMissing(state, last, state.LastOrdering);
            }

            return new EventsRead(request.CorrelationId, events.DrainToImmutable(), state.LastOrdering);
        });
    }

    /// <summary>Orderings have no gaps but those that a compaction has left, and none of these is above the highest that it deleted.</summary>
    private void RequireNoneMissing(StateRow state, long after, long upTo)
    {
        if (upTo > after && upTo > state.CompactedOrdering)
        {
            throw new JournalDamageException(new FileCorrupt(
                _file, null, FormattableString.Invariant($"the event with ordering {Math.Max(after, state.CompactedOrdering) + 1} is missing")));
        }
    }

    /// <summary>The event under the cursor must continue the chain of its entity.</summary>
    private void VerifyLink(StateRow state, long ordering)
    {
        (string id, long sequenceNr) = (_allEvents.Text(5), _allEvents.Int64(0));
        Digest256? previous = sequenceNr == 1 ? Digest256.Zero : HashAt(id, sequenceNr - 1);
        Digest256? stored = Digest256.TryRead(_allEvents.Blob(8));
        if (previous is not { } link || stored is not { } hash || HashOfEvent(_allEvents, link) != hash || ordering > state.LastOrdering)
        {
            throw new JournalDamageException(new EntityCorrupt(id, sequenceNr, "the event does not fit the chain of hashes"));
        }

        if (_links.Count >= MaxRememberedLinks)
        {
            _links.Clear();
        }

        _links[id] = (sequenceNr, hash);
    }

    private Digest256? HashAt(string id, long sequenceNr)
    {
        if (_links.TryGetValue(id, out (long SequenceNr, Digest256 Hash) link) && link.SequenceNr == sequenceNr)
        {
            return link.Hash;
        }

        Digest256? hash = _eventHash.Bind(1, id).Bind(2, sequenceNr).Step() ? Digest256.TryRead(_eventHash.Blob(0)) : null;
        _eventHash.Reset();
        return hash ?? (ReadEntity(id, out EntityRow entity) && entity.CompactedSequenceNr == sequenceNr ? entity.CompactedHash : null);
    }
}
