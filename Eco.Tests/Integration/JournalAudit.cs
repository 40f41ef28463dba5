using System.Collections.Immutable;
using Eco.Actors;
using Eco.Actors.Agents.Instances;
using Eco.Actors.Ions;
using Eco.Actors.Ions.Rounds;
using Eco.Actors.Models;
using Eco.Host.Fleet;
using Eco.Host.State;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Sqlite;
using Npgsql;
using NUnit.Framework;

namespace Eco.Tests.Integration;

/// <summary>
/// What the journals of a state directory prove, read when no host runs: no round twice, none lost, each one ended exactly once; each update
/// counted once; versions without a gap; no model applied twice or backwards.
/// </summary>
internal sealed class JournalAudit
{
    private readonly ImmutableArray<(string Entity, object Event)> _server;
    private readonly ImmutableSortedDictionary<string, ImmutableArray<(string Entity, object Event)>> _agents;

    private JournalAudit(
        ImmutableArray<(string Entity, object Event)> server,
        ImmutableSortedDictionary<string, ImmutableArray<(string Entity, object Event)>> agents)
    {
        _server = server;
        _agents = agents;
    }

    /// <summary>Rounds that were merged, in all IONs.</summary>
    public int MergedRounds => _server.Count(entry => entry.Event is RoundMerged);

    /// <summary>How many updates an agent has emitted.</summary>
    public int EmittedBy(string agent) => _agents[agent].Select(entry => entry.Event).OfType<ModelsEmitted>().Sum(e => e.Count);

    /// <summary>Reads and checks a state directory.</summary>
    public static JournalAudit Of(StateDirectory state) => Check(new JournalAudit(
        Events(state.Server),
        Directory.GetDirectories(Path.Combine(state.Root, "agents")).ToImmutableSortedDictionary(
            folder => Path.GetFileName(folder), folder => Events(new HostFolder(folder)), StringComparer.Ordinal)));

    /// <summary>Reads and checks a cluster: the database of its servers, and the journals of its agents, which do not run.</summary>
    public static async Task<JournalAudit> OfAsync(EcoFleet fleet) => Check(new JournalAudit(
        await EventsAsync(fleet.Postgres),
        fleet.AgentHosts.SelectMany(host => host.Agents.Select(agent => (Id: agent, Folder: host.State.Agent(agent)))).ToImmutableSortedDictionary(
            agent => agent.Id, agent => Events(agent.Folder), StringComparer.Ordinal)));

    private static JournalAudit Check(JournalAudit audit)
    {
        Assert.Multiple(() =>
        {
            foreach (IGrouping<string, (string Entity, object Event)> entity in audit._server.GroupBy(entry => entry.Entity, StringComparer.Ordinal))
            {
                audit.CheckEntity(entity.Key, [.. entity.Select(entry => entry.Event)]);
            }

            foreach ((string agent, ImmutableArray<(string Entity, object Event)> events) in audit._agents)
            {
                CheckApplied(agent, events);
            }
        });
        return audit;
    }

    /// <summary>
    /// Whether everything that was begun has ended: each round merged or void, each emitted update in one round or left out with a reason,
    /// each ION completed once.
    /// </summary>
    public void AssertNothingIsOpen()
    {
        Assert.Multiple(() =>
        {
            object[] all = [.. _server.Select(entry => entry.Event)];
            int ended = all.Count(e => e is RoundMerged or RoundVoided);
            Assert.That(ended, Is.EqualTo(all.Count(e => e is RoundOpened)), "each round that was opened has ended");
            Assert.That(all.Count(e => e is ModelAdded), Is.EqualTo(MergedRounds), "each merged round has a version");
            Assert.That(all.Count(e => e is IonCompleted), Is.EqualTo(all.OfType<IonSubmitted>().Count()), "each ION has completed once");
            foreach ((string agent, ImmutableArray<(string Entity, object Event)> events) in _agents.Where(entry => entry.Key.StartsWith("edge", StringComparison.Ordinal)))
            {
                int emitted = events.Select(entry => entry.Event).OfType<ModelsEmitted>().Sum(e => e.Count);
                int taken = all.Count(e => e is UpdateReceived received && received.Update.Agent == agent);
                int leftOut = all.Count(e => e is UpdateLeftOut left && left.Agent == agent);
                Assert.That(taken + leftOut, Is.EqualTo(emitted), $"each update of {agent} is accounted for");
            }
        });
    }

    private void CheckEntity(string entity, ImmutableArray<object> events)
    {
        long[] opened = [.. events.OfType<RoundOpened>().Select(e => e.Round)];
        Assert.That(opened, Is.EqualTo(Enumerable.Range(1, opened.Length).Select(n => (long)n)), $"{entity}: rounds opened");
        long[] closed = [.. events.OfType<RoundClosed>().Select(e => e.Round)];
        Assert.That(closed, Is.Unique.And.Ordered, $"{entity}: rounds closed");
        long[] ended = [.. events.Select(EndedRound).Where(round => round > 0)];
        Assert.That(ended, Is.Unique, $"{entity}: rounds ended");
        Assert.That(ended, Is.SubsetOf(opened), $"{entity}: only an opened round ends");
        Assert.That(events.OfType<RoundMerged>().Select(e => e.Round), Is.SubsetOf(closed), $"{entity}: only a closed round is merged");

        UpdateReceived[] received = [.. events.OfType<UpdateReceived>()];
        foreach (IGrouping<string, UpdateReceived> of in received.GroupBy(e => e.Update.Agent, StringComparer.Ordinal))
        {
            Assert.That(of.Select(e => e.Update.Emission), Is.Unique.And.Ordered, $"{entity}: no update of {of.Key} counts twice");
        }

        foreach (RoundMerged merged in events.OfType<RoundMerged>())
        {
            IEnumerable<string> counted = received
                .Where(e => e.Round == merged.Round)
                .GroupBy(e => e.Update.Agent, StringComparer.Ordinal)
                .Select(of => of.Last().Update.Model.Hash);
            Assert.That(merged.Parents, Is.EquivalentTo(counted), $"{entity}: round {merged.Round} is made of what it received");
        }

        foreach (IGrouping<string, ModelAdded> of in events.OfType<ModelAdded>().GroupBy(e => e.Model.Name, StringComparer.Ordinal))
        {
            Assert.That(
                of.Select(e => e.Model.Version), Is.EqualTo(Enumerable.Range(1, of.Count()).Select(n => (long)n)), $"{entity}: versions of {of.Key}");
        }
    }

    private static void CheckApplied(string agent, ImmutableArray<(string Entity, object Event)> events)
    {
        var newest = new Dictionary<(string Entity, string Component), long>();
        foreach ((string entity, object e) in events)
        {
            switch (e)
            {
                case InstancePlaced:
                    // Another version of its node: a new pipeline, which gets the newest model again.
                    newest.Keys.Where(key => key.Entity == entity).ToList().ForEach(key => newest.Remove(key));
                    break;
                case ModelApplied applied:
                    Assert.That(
                        applied.Model.Version,
                        Is.GreaterThan(newest.GetValueOrDefault((entity, applied.Component))),
                        $"{agent}: no version is applied twice or backwards by {entity}");
                    newest[(entity, applied.Component)] = applied.Model.Version;
                    break;
            }
        }
    }

    private static long EndedRound(object e) => e switch
    {
        RoundMerged merged => merged.Round,
        RoundVoided voided => voided.Round,
        _ => 0,
    };

    /// <summary>All events in the commit order of their partition.</summary>
    private static async Task<ImmutableArray<(string Entity, object Event)>> EventsAsync(PostgresServer database)
    {
        await using NpgsqlDataSource source = NpgsqlDataSource.Create($"{database.ConnectionString};Password={database.Password}");
        await using NpgsqlCommand command = source.CreateCommand("SELECT persistence_id, manifest, message FROM journal ORDER BY partition, ordering");
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        var events = ImmutableArray.CreateBuilder<(string, object)>();
        while (await reader.ReadAsync())
        {
            events.Add((reader.GetString(0), EcoManifests.Registry.Decode(reader.GetString(1), reader.GetFieldValue<byte[]>(2))));
        }

        return events.ToImmutable();
    }

    /// <summary>All events of known kinds in commit order; the recovery of each entity checks that its numbers have no gap.</summary>
    private static ImmutableArray<(string Entity, object Event)> Events(HostFolder folder)
    {
        using JournalReader reader = JournalReader.Open(folder.Journal);
        foreach (string entity in reader.List(new ListEntities(1)).PersistenceIds)
        {
            Assert.That(reader.Recover(new RecoverRequest(1, entity)).OfType<RecoveryFailed>(), Is.Empty, folder.Journal);
        }

        HashSet<string> known = [.. EcoManifests.Registry.Manifests];
        var events = ImmutableArray.CreateBuilder<(string, object)>();
        var after = Enumerable.Range(0, 256).Select(partition => new PartitionPosition(partition, 0)).ToImmutableArray();
        while (reader.Read(new ReadEvents(1, after, 1_000)) is { Events.IsEmpty: false } page)
        {
            after = page.Positions;
            events.AddRange(page.Events
                .Where(entry => known.Contains(entry.Event.Manifest))
                .Select(entry => (entry.PersistenceId, EcoManifests.Registry.Decode(entry.Event.Manifest, entry.Event.Payload))));
        }

        return events.ToImmutable();
    }
}
