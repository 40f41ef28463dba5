using System.Collections.Immutable;
using System.Globalization;
using Eco.Actors;
using Eco.Actors.Agents.Instances;
using Eco.Actors.Ions;
using Eco.Actors.Ions.Rounds;
using Eco.Host.Campaigns.Oracles;
using Eco.Host.Campaigns.Workload;
using Eco.Runtime.Persistence;

namespace Eco.Host.Chaos;

/// <summary>
/// Compares what was accepted with what took effect, after the faults: from the journals alone, as whoever audits the cluster would. The promises
/// about rounds are those of the simulated campaigns, by the same oracle.
/// </summary>
internal sealed class ChaosChecker
{
    private const int MostRemarks = 40;
    private readonly List<string> _remarks = [];
    private long _lost;
    private long _duplicates;
    private long _stale;

    /// <summary>Looks at everything.</summary>
    /// <param name="journals">The journals after the run.</param>
    /// <param name="given">What the operators gave, in order, by ION.</param>
    public static ChaosFindings Check(ChaosJournals journals, ImmutableSortedDictionary<string, ImmutableArray<ClientCommand>> given)
    {
        var checker = new ChaosChecker();
        checker.Messages(journals);
        checker.Writers(journals.ServerEvents);
        checker.Gaps(journals.ServerEvents);
        checker.Commands(journals.ServerEvents, given);
        checker.Rounds(journals.ServerEvents);
        checker.Versions(journals.AgentEvents);
        checker.Statistics(journals.Statistics);
        long confirmed = journals.Booked.Where(pair => Crosses(pair.Key)).Sum(pair => pair.Value);
        return new ChaosFindings(confirmed, checker._lost, checker._duplicates, checker._stale, [.. checker._remarks]);
    }

    // Between an agent and its proxy every message goes through the brokers; two entities of the servers may be on the same host.
    private static bool Crosses((string Sender, string Receiver) pair) =>
        IsAgent(pair.Sender) != IsAgent(pair.Receiver);

    private static bool IsAgent(string entity) => entity.StartsWith("agent/", StringComparison.Ordinal);

    private static object Decode(StoredEvent e) => EcoManifests.Registry.Decode(e.Manifest, e.Payload);

    // I1: each number that a sender has given out is booked by its receiver, and none beyond.
    private void Messages(ChaosJournals journals)
    {
        foreach (((string sender, string receiver) pair, long sent) in journals.Sent)
        {
            long booked = journals.Booked.GetValueOrDefault(pair);
            if (booked < sent)
            {
                Lose(sent - booked, $"{pair.sender} has sent {sent} messages to {pair.receiver}, which has booked {booked}");
            }
            else if (booked > sent)
            {
                Repeat(booked - sent, $"{pair.receiver} has booked {booked} messages of {pair.sender}, which has sent {sent}");
            }
        }

        foreach (string parked in journals.Parked)
        {
            Lose(1, $"{parked}");
        }
    }

    // I2: an owner epoch has one writer, and in a partition's order epochs never go back.
    private void Writers(ImmutableArray<StoredEvent> events)
    {
        var newest = new Dictionary<int, (long Epoch, string Writer)>();
        foreach (StoredEvent e in events)
        {
            (long epoch, string? writer) = newest.GetValueOrDefault(e.Partition);
            if (e.Epoch < epoch)
            {
                Find(ref _stale, 1, $"{e.Manifest} of {e.Entity} was stored under epoch {e.Epoch} of {e.Writer}, after epoch {epoch} of {writer}");
            }
            else if (e.Epoch == epoch && writer != e.Writer)
            {
                Find(ref _stale, 1, $"partition {e.Partition} has two writers in epoch {epoch}: {writer} and {e.Writer}");
            }
            else
            {
                newest[e.Partition] = (e.Epoch, e.Writer);
            }
        }
    }

    private void Gaps(ImmutableArray<StoredEvent> events)
    {
        var last = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (StoredEvent e in events)
        {
            long before = last.GetValueOrDefault(e.Entity);
            if (e.SequenceNr > before + 1)
            {
                Lose(e.SequenceNr - before - 1, $"{e.Entity} has event {e.SequenceNr} after {before}");
            }
            else if (e.SequenceNr <= before)
            {
                Repeat(1, $"{e.Entity} has event {e.SequenceNr} after {before}");
            }

            last[e.Entity] = e.SequenceNr;
        }
    }

    // I1 for operators: an accepted command has taken effect once, in its order; nothing else has.
    private void Commands(ImmutableArray<StoredEvent> events, ImmutableSortedDictionary<string, ImmutableArray<ClientCommand>> given)
    {
        foreach ((string ion, ImmutableArray<ClientCommand> commands) in given)
        {
            var effects = new List<ClientVerb>();
            bool held = false;
            foreach (object e in events.Where(e => e.Entity == $"ion/{ion}").Select(Decode))
            {
                switch (e)
                {
                    case IonSubmitted:
                        effects.Add(ClientVerb.Submit);
                        break;
                    case IonHoldChanged change when change.Held != held:
                        held = change.Held;
                        effects.Add(held ? ClientVerb.Pause : ClientVerb.Resume);
                        break;
                }
            }

            int accepted = commands.Count(command => command.IsAccepted);
            if (effects.Count < accepted)
            {
                Lose(accepted - effects.Count, $"{accepted} commands to {ion} were accepted, {effects.Count} have taken effect");
            }
            else if (effects.Count > commands.Length)
            {
                Repeat(effects.Count - commands.Length, $"{ion} was given {commands.Length} commands, {effects.Count} have taken effect");
            }

            int wrong = effects.Zip(commands).TakeWhile(pair => pair.First == pair.Second.Verb).Count();
            if (wrong < Math.Min(effects.Count, commands.Length))
            {
                Repeat(1, $"{ion} has carried out {effects[wrong]} as its command {wrong + 1}, which was {commands[wrong].Verb}");
            }
        }
    }

    // I8: an update counts once. What it is counted in, and what becomes of it, the oracle of the campaigns knows.
    private void Rounds(ImmutableArray<StoredEvent> events)
    {
        var oracle = new RoundOracle(ChaosOptions.Quorum, foldsLate: true);
        var counted = new HashSet<(string, string, string, long)>();
        StoredEvent[] causal = [.. events
            .Where(e => e.Entity.StartsWith("models/", StringComparison.Ordinal) || e.Entity.StartsWith("ion/", StringComparison.Ordinal))
            .OrderBy(e => e.Timestamp)];
        foreach (StoredEvent e in causal)
        {
            var request = new AppendRequest(
                0,
                e.Entity,
                new Ownership(e.Partition, e.Epoch, e.Writer),
                [new JournalEvent(e.SequenceNr, e.Manifest, e.Payload, e.Timestamp)],
                [],
                [],
                null);
            var commit = new JournalCommit("server", request);
            oracle.Committed(commit);
            if (commit.Events[0] is UpdateReceived { Update: var update }
                && !counted.Add((e.Entity, update.Agent, update.Component, update.Emission)))
            {
                Repeat(1, $"{e.Entity} counts emission {update.Emission} of {update.Agent} twice");
            }
        }

        if (oracle.Violation is { } violation)
        {
            Repeat(1, $"{oracle.Name}: {violation}");
        }
    }

    // An agent never goes back to an older version of a model.
    private void Versions(ImmutableArray<StoredEvent> events)
    {
        var newest = new Dictionary<(string, string, string), long>();
        foreach (StoredEvent e in events)
        {
            if (Decode(e) is not ModelApplied applied)
            {
                continue;
            }

            (string, string, string) key = (e.Entity, applied.Component, applied.Model.Name);
            long before = newest.GetValueOrDefault(key);
            if (applied.Model.Version < before)
            {
                Find(ref _stale, 1, $"{e.Entity} applies version {applied.Model.Version} of {applied.Model.Name} after {before}");
            }

            newest[key] = Math.Max(before, applied.Model.Version);
        }
    }

    // I7: what an agent has recorded is what the servers have, what it holds beyond that, and what it has counted as dropped. A row that was dropped
    // before the servers' word for it had come back counts although they have it.
    private void Statistics(ImmutableArray<ChaosStatistics> statistics)
    {
        foreach (ChaosStatistics of in statistics)
        {
            long missing = of.Recorded - of.Stored - of.Held;
            if (missing > of.Dropped)
            {
                Lose(missing - of.Dropped, $"{of.Agent} has recorded {of.Recorded} statistics, {of.Stored} are stored, {of.Held} held, {of.Dropped} dropped");
            }

            if (missing < 0)
            {
                Repeat(-missing, $"{of.Agent} has recorded {of.Recorded} statistics, {of.Stored} are stored and {of.Held} held");
            }

            if (of.Repeated > 0)
            {
                Repeat(of.Repeated, $"{of.Repeated} statistics of {of.Agent} are stored more than once");
            }
        }
    }

    private void Lose(long count, FormattableString what) => Find(ref _lost, count, what);

    private void Repeat(long count, FormattableString what) => Find(ref _duplicates, count, what);

    private void Find(ref long counter, long count, FormattableString what)
    {
        counter += count;
        if (_remarks.Count < MostRemarks)
        {
            _remarks.Add(what.ToString(CultureInfo.InvariantCulture));
        }
    }
}
