using System.Collections.Immutable;
using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;

namespace Eco.Host.Benchmarks.Journal;

/// <summary>Entities that each append an event, await that it is durable, and append the next. One actor stands for all of them.</summary>
internal sealed class JournalWriters : ReceiveActor
{
    private readonly JournalLoad _load;
    private readonly long[] _last;
    private readonly TaskCompletionSource _done;
    private int _unsent;
    private int _unanswered;

    /// <summary>Starts at once.</summary>
    public JournalWriters(JournalLoad load, int entities, int events, TaskCompletionSource done)
    {
        _load = load;
        _last = new long[entities];
        _done = done;
        _unsent = events;
        _unanswered = events;
        Receive<AppendCommitted>(committed =>
        {
            if (--_unanswered == 0)
            {
                _done.SetResult();
            }
            else
            {
                Append((int)committed.CorrelationId);
            }
        });
        Receive<AppendFailed>(failed => _done.TrySetException(new InvalidOperationException($"an append failed: {failed.Message}")));
    }

    protected override void PreStart()
    {
        for (int entity = 0; entity < _last.Length; entity++)
        {
            Append(entity);
        }
    }

    private void Append(int entity)
    {
        if (_unsent == 0)
        {
            return;
        }

        _unsent--;
        _load.Journal.Append(_load.Request(entity, $"{_load.Prefix}/{entity}", ++_last[entity], 1), Self);
    }
}

/// <summary>What writers write, and under which claim.</summary>
/// <param name="Journal">The journal.</param>
/// <param name="Ownership">The claim.</param>
/// <param name="Clock">Stamps events.</param>
/// <param name="Prefix">Of the entities' ids.</param>
internal sealed record JournalLoad(IJournal Journal, Ownership Ownership, HybridClock Clock, string Prefix)
{
    /// <summary>So many accounts there are.</summary>
    public const int Accounts = 1_000;

    /// <summary>One transaction with some events.</summary>
    public AppendRequest Request(long correlationId, string persistenceId, long firstSequenceNr, int events)
    {
        var appended = ImmutableArray.CreateBuilder<JournalEvent>(events);
        for (int i = 0; i < events; i++)
        {
            long number = firstSequenceNr + i;
            (string manifest, byte[] payload) = BenchRegistry.All.Encode(
                new AmountBooked((int)(number % Accounts), number, "delivered to the customer at the gate"));
            appended.Add(new JournalEvent(number, manifest, payload, Clock.Now()));
        }

        return new AppendRequest(correlationId, persistenceId, Ownership, appended.MoveToImmutable(), [], [], null);
    }
}
