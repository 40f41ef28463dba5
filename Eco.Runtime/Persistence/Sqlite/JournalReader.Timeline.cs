using System.Collections.Immutable;
using System.Globalization;
using Eco.Runtime.Persistence.Journals;

namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>Events of all entities in commit order.</summary>
public sealed partial class JournalReader
{
    private const int MaxRememberedLinks = 65_536;
    private readonly Dictionary<string, (long SequenceNr, Digest256 Hash)> _links = new(StringComparer.Ordinal);

    /// <summary>
    /// Events of all entities of some partitions. One file has one order of commits, so a partition without events goes on with the others, and the
    /// reading begins where the one that is furthest behind stands.
    /// </summary>
    /// <exception cref="JournalDamageException">An event is missing, or is not the one that was acknowledged.</exception>
    public EventsRead Read(ReadEvents request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Consistently(() =>
        {
            StateRow state = JournalRowReader.State(_connection, _hasher, _file);
            ImmutableArray<OrderedEvent>.Builder events = ImmutableArray.CreateBuilder<OrderedEvent>();
            Dictionary<int, long> after = request.After.ToDictionary(position => position.Partition, position => position.Ordering);
            int partitions = PartitionCount();
            long last = request.After.Min(position => position.Ordering);
            _allEvents.Bind(1, last);
            while (events.Count < request.Limit && _allEvents.Step())
            {
                long ordering = _allEvents.Int64(4);
                RequireNoneMissing(state, last, ordering - 1);
                VerifyLink(state, ordering);
                string id = _allEvents.Text(5);
                int partition = Partitioning.PartitionOf(id, partitions);
                if (after.TryGetValue(partition, out long begin) && ordering > begin)
                {
                    events.Add(new OrderedEvent(ordering, partition, id, ReadEvent(_allEvents)));
                }

                last = ordering;
            }

            _allEvents.Reset();
            if (events.Count < request.Limit)
            {
                RequireNoneMissing(state, last, state.LastOrdering);
                last = Math.Max(last, state.LastOrdering);
            }

            return new EventsRead(
                request.CorrelationId,
                events.DrainToImmutable(),
                [.. request.After.Select(position => position with { Ordering = Math.Max(position.Ordering, last) })],
                [.. request.After.Select(position => position with { Ordering = state.LastOrdering })]);
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

    // Without a claim nothing was ever written, so that any number is right.
    private int PartitionCount()
    {
        int count = _partitionCount.Step() ? int.Parse(_partitionCount.Text(0), CultureInfo.InvariantCulture) : 1;
        _partitionCount.Reset();
        return count;
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
