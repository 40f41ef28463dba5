using System.Collections.Immutable;
using System.Globalization;
using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;
using Eco.Tests.Integration;
using Eco.Tests.Persistence.Contracts;

namespace Eco.Tests.Persistence.Postgres;

/// <summary>All that a journal answers, as lines that can be compared.</summary>
/// <param name="Lines">Of each entity, of the events in order, of parked messages and owners.</param>
/// <param name="Owners">Who owns the partitions.</param>
public sealed record JournalFacts(ImmutableArray<string> Lines, ImmutableArray<Ownership> Owners)
{
    public static async Task<JournalFacts> OfAsync(IJournal journal, IReadOnlyList<string> entities, int partitions)
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        foreach (string id in entities)
        {
            foreach (object answer in await AllAsync(me => journal.Recover(new RecoverRequest(1, id), me), m => m is RecoveredEvents { IsLast: true } or RecoveryFailed))
            {
                lines.Add($"{id} {Describe(answer)}");
            }
        }

        ImmutableArray<PartitionPosition> begin = [.. Enumerable.Range(0, partitions).Select(partition => new PartitionPosition(partition, 0))];
        var read = (EventsRead)await OneAsync(me => journal.Read(new ReadEvents(1, begin, 10_000), me));
        lines.AddRange(read.Events.Select(e => string.Create(CultureInfo.InvariantCulture, $"event {e.Ordering} {e.Partition} {e.PersistenceId} {Describe(e.Event)}")));
        var listed = (EntitiesListed)await OneAsync(me => journal.List(new ListEntities(1), me));
        lines.Add(string.Join(',', listed.PersistenceIds));
        var parked = (ParkedRead)await OneAsync(me => journal.ReadParked(new ReadParkedMessages(1, null, 100), me));
        lines.AddRange(parked.Messages.Select(m => $"parked {m.Receiver} {m.Message with { Payload = [] }} {Convert.ToHexString(m.Message.Payload)}"));
        var owners = (OwnershipsRead)await OneAsync(me => journal.ReadOwnership(new ReadOwnerships(1), me));
        return new JournalFacts(lines.ToImmutable(), owners.Owners);
    }

    private static string Describe(object answer) => answer switch
    {
        RecoveryStarted s => string.Join(
            '|',
            s.Snapshot is { } n ? $"{n.SequenceNr} {n.Manifest} {Convert.ToHexString(n.Payload)} {n.Timestamp}" : "no snapshot",
            string.Join(';', s.Outbox.Select(m => $"{m.Receiver} {m.SequenceNr} {m.Manifest} {Convert.ToHexString(m.Payload)} {m.Timestamp}")),
            string.Join(';', s.Positions),
            string.Join(';', s.Inbox),
            string.Join(';', s.Attempts)),
        RecoveredEvents page => string.Join(';', page.Events.Select(Describe)),
        _ => answer.ToString()!,
    };

    private static string Describe(JournalEvent e) => $"{e.SequenceNr} {e.Manifest} {Convert.ToHexString(e.Payload)} {e.Timestamp}";

    private static async Task<object> OneAsync(Action<IActorRef> call) => (await AllAsync(call, _ => true))[0];

    private static async Task<IReadOnlyList<object>> AllAsync(Action<IActorRef> call, Func<object, bool> isLast)
    {
        var recorder = new RecordingRef();
        call(recorder);
        await Eventually.HoldsAsync("the answers", () => recorder.Messages.Any(isLast));
        return recorder.Messages;
    }
}
