using System.Globalization;
using Eco.Actors.Agents.Proxies;
using Eco.Runtime.Persistence;

namespace Eco.Host.Campaigns.Oracles;

/// <summary>
/// I9: what waits is bounded. At most so many messages are on their way to an agent, a proxy's queue holds no more than what cannot be superseded,
/// and neither the broker nor the world's own plan of events grows without end.
/// </summary>
/// <param name="pendingEvents">Timers, frames and completions that are planned.</param>
/// <param name="waitingAtBroker">Unacknowledged frames of the fullest queue.</param>
internal sealed class BoundsOracle(Func<int> pendingEvents, Func<int> waitingAtBroker) : Oracle
{
    /// <summary>Deployments and pauses of every version, a run and a model for each node: more than that is no queue but a leak.</summary>
    private const int MostQueued = 40;

    private const int MostPending = 50_000;
    private const int MostAtBroker = 4_096;
    private readonly Dictionary<(string Sender, string Receiver), long> _acknowledged = [];
    private readonly Dictionary<string, int> _queues = new(StringComparer.Ordinal);

    public override string Name => "I9 bounds";

    public override void Committed(JournalCommit commit)
    {
        if (!commit.Entity.StartsWith("proxy/", StringComparison.Ordinal))
        {
            return;
        }

        foreach ((string receiver, long upTo) in commit.Request.Acknowledged)
        {
            _acknowledged[(commit.Entity, receiver)] = upTo;
        }

        foreach (OutboxRow row in commit.Request.Outbox)
        {
            if (row.Receiver.StartsWith("agent/", StringComparison.Ordinal)
                && row.SequenceNr - _acknowledged.GetValueOrDefault((commit.Entity, row.Receiver)) > AgentProxyState.MaximumInFlight)
            {
                Violate(string.Create(
                    CultureInfo.InvariantCulture, $"{commit.Entity} has more than {AgentProxyState.MaximumInFlight} messages on their way to {row.Receiver}"));
            }
        }

        if (!commit.Request.Events.IsEmpty)
        {
            Count(commit);
        }
    }

    public override void Thousand()
    {
        if (pendingEvents() > MostPending)
        {
            Violate(string.Create(CultureInfo.InvariantCulture, $"{pendingEvents()} events are planned"));
        }

        if (waitingAtBroker() > MostAtBroker)
        {
            Violate(string.Create(CultureInfo.InvariantCulture, $"a queue of the broker holds {waitingAtBroker()} frames"));
        }
    }

    private void Count(JournalCommit commit)
    {
        int queued = _queues.GetValueOrDefault(commit.Entity);
        foreach (object e in commit.Events)
        {
            queued += e switch
            {
                CommandQueued => 1,
                CommandsReleased released => -released.Count,
                ModelSuperseded or CommandSuperseded => -1,
                _ => 0,
            };
        }

        _queues[commit.Entity] = queued;
        if (queued > MostQueued)
        {
            Violate(string.Create(CultureInfo.InvariantCulture, $"{queued} commands wait at {commit.Entity}"));
        }
    }
}
