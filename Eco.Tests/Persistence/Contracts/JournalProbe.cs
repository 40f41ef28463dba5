using System.Collections.Immutable;
using System.Text;
using Eco.Runtime.Persistence;
using NUnit.Framework;

namespace Eco.Tests.Persistence.Contracts;

/// <summary>Short words for the requests that journal tests make.</summary>
public sealed class JournalProbe(StorageHarness<IJournal> harness)
{
    private long _correlation;

    /// <summary>What one entity's recovery brought.</summary>
    public sealed record Recovered(RecoveryStarted Start, ImmutableArray<JournalEvent> Events, int Pages);

    public static HybridTimestamp At(long milliseconds) => new(milliseconds, 3, "host-a");

    public static JournalEvent Event(long sequenceNr, string content = "", string manifest = "test.happened/1") =>
        new(sequenceNr, manifest, Encoding.UTF8.GetBytes($"{{\"n\":{sequenceNr},\"c\":\"{content}\"}}"), At(1_000 + sequenceNr));

    public static OutboxRow Message(string receiver, long sequenceNr) =>
        new(receiver, sequenceNr, "test.told/1", Encoding.UTF8.GetBytes($"{{\"m\":{sequenceNr}}}"), At(2_000 + sequenceNr));

    public static ImmutableArray<JournalEvent> Events(long from, int count) =>
        [.. Enumerable.Range(0, count).Select(i => Event(from + i))];

    public long NextCorrelation() => ++_correlation;

    public AppendRequest Request(
        string persistenceId,
        Ownership ownership,
        ImmutableArray<JournalEvent>? events = null,
        ImmutableArray<OutboxRow>? outbox = null,
        ImmutableArray<(string Receiver, long UpTo)>? acknowledged = null,
        InboxRow? inbox = null) =>
        new(NextCorrelation(), persistenceId, ownership, events ?? [], outbox ?? [], acknowledged ?? [], inbox);

    public async Task<ImmutableArray<Ownership>> ClaimAsync(int partitions = 2, string writer = "writer-1")
    {
        object answer = await harness.AskAsync((journal, me) => journal.Claim(ClaimPartitions.All(NextCorrelation(), partitions, writer), me));
        Assert.That(answer, Is.InstanceOf<PartitionsClaimed>());
        return ((PartitionsClaimed)answer).Owned;
    }

    public Task<object> AppendAsync(AppendRequest request) => harness.AskAsync((journal, me) => journal.Append(request, me));

    public async Task CommitAsync(AppendRequest request) =>
        Assert.That(await AppendAsync(request), Is.EqualTo(new AppendCommitted(request.CorrelationId)));

    public async Task<AppendFailed> RefusedAsync(AppendRequest request, AppendFailureReason reason)
    {
        object answer = await AppendAsync(request);
        Assert.That(answer, Is.InstanceOf<AppendFailed>());
        var failed = (AppendFailed)answer;
        Assert.Multiple(() =>
        {
            Assert.That(failed.CorrelationId, Is.EqualTo(request.CorrelationId));
            Assert.That(failed.Reason, Is.EqualTo(reason), failed.Message);
            Assert.That(failed.Message, Is.Not.Empty);
        });
        return failed;
    }

    public async Task<Recovered> RecoverAsync(string persistenceId)
    {
        long correlation = NextCorrelation();
        IReadOnlyList<object> answers = await harness.AskAsync(
            (journal, me) => journal.Recover(new RecoverRequest(correlation, persistenceId), me),
            all => all.Any(a => a is RecoveredEvents { IsLast: true } or RecoveryFailed));
        Assert.That(answers[0], Is.InstanceOf<RecoveryStarted>());
        Assert.That(answers.Skip(1), Is.All.InstanceOf<RecoveredEvents>());
        RecoveredEvents[] pages = [.. answers.Skip(1).Cast<RecoveredEvents>()];
        Assert.That(pages.Select(page => page.CorrelationId), Is.All.EqualTo(correlation));
        Assert.That(pages.SkipLast(1).Select(page => page.IsLast), Is.All.False);
        return new Recovered((RecoveryStarted)answers[0], [.. pages.SelectMany(page => page.Events)], pages.Length);
    }

    /// <summary>Both partitions of the probe from their begin.</summary>
    public static ImmutableArray<PartitionPosition> FromBegin => After(0);

    /// <summary>Both partitions of the probe after an ordering.</summary>
    public static ImmutableArray<PartitionPosition> After(long ordering) => [new PartitionPosition(0, ordering), new PartitionPosition(1, ordering)];

    public async Task<EventsRead> ReadAsync(ImmutableArray<PartitionPosition> after, int limit) =>
        (EventsRead)await harness.AskAsync((journal, me) => journal.Read(new ReadEvents(NextCorrelation(), after, limit), me));

    public Task<object> SaveSnapshotAsync(string persistenceId, Ownership ownership, long sequenceNr, string content = "s") =>
        harness.AskAsync((journal, me) => journal.SaveSnapshot(
            new SaveSnapshotRequest(
                NextCorrelation(),
                persistenceId,
                ownership,
                new StoredSnapshot(sequenceNr, "test.state/1", Encoding.UTF8.GetBytes(content), At(sequenceNr))),
            me));
}
