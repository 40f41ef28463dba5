using System.Diagnostics;
using Eco.Runtime.Actors;
using Eco.Runtime.Dispatch;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Sqlite;

namespace Eco.Host.Benchmarks.Journal;

/// <summary>One start of a host that has a journal and nothing else.</summary>
internal sealed class JournalSession : IAsyncDisposable
{
    private const int EventsOfOneAppend = 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly SqliteJournal _journal;
    private readonly ActorSystem _system;
    private readonly HybridClock _clock = new(TimeProvider.System, "bench");
    private readonly Ownership _ownership;
    private long _recoveredAt;

    private JournalSession(SqliteJournal journal, ActorSystem system, Ownership ownership)
    {
        _journal = journal;
        _system = system;
        _ownership = ownership;
        system.RegisterExtension(new PersistenceExtension(journal, BenchRegistry.All, _clock, _ => ownership, ICrashPoints.None));
    }

    /// <summary>Opens the journal and claims it.</summary>
    public static async Task<JournalSession> OpenAsync(string path)
    {
        SqliteJournal journal = SqliteJournal.Open(new SqliteJournalOptions { Path = path, PartitionCount = 1 });
        ActorSystem system = ActorSystem.Create("bench");
        object reply = await AskAsync(system, replyTo => journal.Claim(new ClaimPartitions(1, 1, "bench", [0]), replyTo)).ConfigureAwait(false);
        return reply is PartitionsClaimed claimed
            ? new JournalSession(journal, system, claimed.Owned[0])
            : throw new InvalidOperationException($"the journal could not be claimed: {reply}");
    }

    /// <summary>Writes events of new entities, each awaiting its own.</summary>
    /// <returns>Durable events a second.</returns>
    public async Task<double> WriteAsync(string prefix, int entities, int events, CancellationToken stop)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var load = new JournalLoad(_journal, _ownership, _clock, prefix);
        long start = Stopwatch.GetTimestamp();
        _system.ActorOf(Props.Create(() => new JournalWriters(load, entities, events, done)));
        await done.Task.WaitAsync(Patience, stop).ConfigureAwait(false);
        return events / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Gives one new entity many events, many in a transaction.</summary>
    public async Task FillAsync(string persistenceId, int events, CancellationToken stop)
    {
        var load = new JournalLoad(_journal, _ownership, _clock, persistenceId);
        for (int written = 0; written < events; written += EventsOfOneAppend)
        {
            stop.ThrowIfCancellationRequested();
            AppendRequest request = load.Request(1, persistenceId, written + 1, Math.Min(EventsOfOneAppend, events - written));
            object reply = await AskAsync(_system, replyTo => _journal.Append(request, replyTo)).ConfigureAwait(false);
            if (reply is not AppendCommitted)
            {
                throw new InvalidOperationException($"an append failed: {reply}");
            }
        }
    }

    /// <summary>Starts a persistent actor, and takes a snapshot of it where that is wanted.</summary>
    /// <returns>The number of its last event.</returns>
    public async Task<long> RecoverAsync(string persistenceId, bool saveSnapshot, CancellationToken stop)
    {
        var recovered = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        IActorRef actor = _system.ActorOf(Props.Create(() => new AccountsActor(persistenceId, recovered)));
        long last = await recovered.Task.WaitAsync(Patience, stop).ConfigureAwait(false);
        _recoveredAt = Stopwatch.GetTimestamp();
        if (saveSnapshot)
        {
            var saved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            actor.Tell(saved, ActorRefs.NoSender);
            await saved.Task.WaitAsync(Patience, stop).ConfigureAwait(false);
        }

        return last;
    }

    /// <summary>From a point in time to the end of the recovery.</summary>
    public TimeSpan RecoveredAt(long start) => Stopwatch.GetElapsedTime(start, _recoveredAt);

    public async ValueTask DisposeAsync()
    {
        await _system.Terminate().ConfigureAwait(false);
        await _journal.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<object> AskAsync(ActorSystem system, Action<IActorRef> call)
    {
        var answer = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
        IActorRef receiver = system.ActorOf(Props.Create(() => new Receiver(answer)));
        call(receiver);
        object reply = await answer.Task.WaitAsync(Patience).ConfigureAwait(false);
        system.Stop(receiver);
        return reply;
    }

    private sealed class Receiver(TaskCompletionSource<object> answer) : UntypedActor
    {
        protected override void OnReceive(object message) => answer.TrySetResult(message);
    }
}
