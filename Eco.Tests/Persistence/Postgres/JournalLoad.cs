using System.Collections.Concurrent;
using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;
using Eco.Tests.Persistence.Contracts;

namespace Eco.Tests.Persistence.Postgres;

/// <summary>
/// Entities that append one event after the other to a journal, each waiting for its answer, and recovering after a failure as a persistent actor
/// does. Remembers what was acknowledged.
/// </summary>
public sealed class JournalLoad(IJournal journal, Ownership ownership, IReadOnlyList<string> entities)
{
    private readonly ConcurrentDictionary<string, long> _acknowledged = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<AppendFailed> _failures = new();
    private readonly ConcurrentQueue<string> _findings = new();
    private long _committed;
    private volatile bool _stops;
    private Task _running = Task.CompletedTask;
    private long _correlation;

    /// <summary>The last acknowledged number of each entity.</summary>
    public IReadOnlyDictionary<string, long> Acknowledged => _acknowledged;

    public IEnumerable<AppendFailed> Failures => _failures;

    /// <summary>What a recovery found that cannot be: an acknowledged event missing, or one that nobody asked for.</summary>
    public IEnumerable<string> Findings => _findings;

    public long Committed => Interlocked.Read(ref _committed);

    public void Start() => _running = Task.WhenAll(entities.Select(RunAsync));

    public async Task StopAsync()
    {
        _stops = true;
        await _running;
    }

    public static Task<object> AskAsync(Action<IActorRef> call)
    {
        var answer = new AnswerRef(message => message is not RecoveryStarted and not RecoveredEvents { IsLast: false });
        call(answer);
        return answer.Answer;
    }

    private async Task RunAsync(string entity)
    {
        long last = 0;
        while (!_stops)
        {
            AppendRequest request = new(
                Interlocked.Increment(ref _correlation), entity, ownership, [JournalProbe.Event(last + 1)], [JournalProbe.Message("peer", last + 1)], [], null);
            object answer = await AskAsync(me => journal.Append(request, me));
            if (answer is AppendCommitted)
            {
                last++;
                _acknowledged[entity] = last;
                Interlocked.Increment(ref _committed);
                continue;
            }

            _failures.Enqueue((AppendFailed)answer);
            if (answer is AppendFailed { Reason: AppendFailureReason.Fenced or AppendFailureReason.Rejected })
            {
                return;
            }

            last = await RecoverAsync(entity, last);
        }
    }

    private async Task<long> RecoverAsync(string entity, long acknowledged)
    {
        while (!_stops)
        {
            object answer = await AskAsync(me => journal.Recover(new RecoverRequest(Interlocked.Increment(ref _correlation), entity), me));
            if (answer is RecoveredEvents page)
            {
                long stored = page.Events.IsEmpty ? 0 : page.Events[^1].SequenceNr;
                if (stored < acknowledged || stored > acknowledged + 1)
                {
                    _findings.Enqueue($"{entity}: {acknowledged} acknowledged, {stored} stored");
                }

                return stored;
            }
        }

        return acknowledged;
    }

    private sealed class AnswerRef(Func<object, bool> isAnswer) : IActorRef
    {
        private readonly TaskCompletionSource<object> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<object> Answer => _answer.Task;

        public ActorPath Path { get; } = new("eco://test/user/answer", 1);

        public void Tell(object message, IActorRef? sender)
        {
            if (isAnswer(message))
            {
                _answer.TrySetResult(message);
            }
        }

        public bool Equals(IActorRef? other) => ReferenceEquals(this, other);

        public override bool Equals(object? obj) => ReferenceEquals(this, obj);

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

        public int CompareTo(IActorRef? other) => string.CompareOrdinal(Path.Address, other?.Path.Address);
    }
}
