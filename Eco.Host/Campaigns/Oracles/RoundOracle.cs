using System.Collections.Immutable;
using System.Globalization;
using Eco.Actors.Ions.Nodes;
using Eco.Actors.Ions.Rounds;
using Eco.Actors.Models;
using Eco.Runtime.Persistence;

namespace Eco.Host.Campaigns.Oracles;

/// <summary>
/// I8 for merge rounds: rounds follow one another without gaps, close once and with their quorum; an update counts once, in the round that took it,
/// and not at all where it is late and the ION discards what is late; a round has one result, made of its updates; models get versions
/// in the order of their rounds, and only they are sent on.
/// </summary>
/// <param name="quorum">Of every ION's rounds.</param>
/// <param name="foldsLate">Whether late updates count.</param>
internal sealed class RoundOracle(int quorum, bool foldsLate) : Oracle
{
    private readonly Dictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Registry> _registries = new(StringComparer.Ordinal);

    public override string Name => "I8 merge rounds";

    public override void Committed(JournalCommit commit)
    {
        if (commit.Request.Events.IsEmpty)
        {
            return;
        }

        if (commit.Entity.StartsWith("models/", StringComparison.Ordinal))
        {
            Registry registry = RegistryOf(commit.Entity[7..]);
            foreach (object e in commit.Events)
            {
                See(commit.Entity, registry, e);
            }
        }
        else if (commit.Entity.StartsWith("ion/", StringComparison.Ordinal) && commit.Entity.LastIndexOf('/') > 3)
        {
            Node node = NodeOf(commit.Entity);
            for (int i = 0; i < commit.Events.Length; i++)
            {
                See(commit.Entity, node, commit.Events[i], commit.Request.Events[i]);
            }
        }
    }

    private void See(string entity, Node node, object e, JournalEvent stored)
    {
        switch (e)
        {
            case RoundOpened opened:
                Require(node.Open == 0, entity, $"opens round {opened.Round} while round {node.Open} collects");
                Require(opened.Round == node.Last + 1, entity, $"opens round {opened.Round} after {node.Last}");
                node.Open = node.Last = opened.Round;
                node.Expected = opened.Expected;
                node.Received.Clear();
                break;
            case UpdateReceived update:
                Receive(entity, node, update, stored);
                break;
            case RoundClosed closed:
                Close(entity, node, closed);
                break;
            case RoundVoided voided:
                Require(voided.Round == node.Open || voided.Round == node.Merging, entity, $"voids round {voided.Round}, which has ended");
                if (voided.Round == node.Open)
                {
                    node.Open = 0;
                    Miss(node, voided.ClosedAt);
                }
                else
                {
                    node.Merging = 0;
                }

                break;
            case RoundMerged merged:
                Require(merged.Round == node.Merging, entity, $"has a result of round {merged.Round}, while round {node.Merging} is being merged");
                Require(merged.Parents.ToHashSet(StringComparer.Ordinal).SetEquals(node.Updates), entity, $"merges in round {merged.Round} other updates than it took");
                node.Merging = 0;
                RegistryOf(entity.Split('/')[1]).Merged.Enqueue(merged.Model.Hash);
                break;
            case ModelPropagated propagated:
                Require(propagated.Model.Version > node.Propagated, entity, $"sends version {propagated.Model.Version} on after {node.Propagated}");
                node.Propagated = propagated.Model.Version;
                break;
        }
    }

    private void Receive(string entity, Node node, UpdateReceived received, JournalEvent stored)
    {
        RoundUpdate update = received.Update;
        Require(received.Round == node.Open, entity, $"counts an update in round {received.Round}, while round {node.Open} collects");

        // By its instant: a pipeline that starts anew learns, and emits, the same model again.
        Require(node.Counted.Add((update.Agent, update.EmittedAt)), entity, $"counts an update of {update.Agent} twice");
        bool isLate = node.ClosedAt is { } closed && update.EmittedAt < closed && node.Missing.Contains(update.Agent);
        Require(foldsLate || !isLate, entity, $"counts a late update of {update.Agent} at event {stored.SequenceNr}");
        node.Received[update.Agent] = update.Model.Hash;
    }

    private void Close(string entity, Node node, RoundClosed closed)
    {
        Require(closed.Round == node.Open, entity, $"closes round {closed.Round}, while round {node.Open} collects");
        Require(node.Merging == 0, entity, $"closes round {closed.Round}, while round {node.Merging} is being merged");
        Require(closed.Participants.Length >= quorum, entity, $"closes round {closed.Round} with {closed.Participants.Length} updates");
        Require(closed.Participants.ToHashSet(StringComparer.Ordinal).SetEquals(node.Received.Keys), entity, $"closes round {closed.Round} with others than it took");
        node.Updates = [.. node.Received.Values];
        node.Open = 0;
        node.Merging = closed.Round;
        Miss(node, closed.ClosedAt);
    }

    private static void Miss(Node node, HybridTimestamp closedAt)
    {
        node.ClosedAt = closedAt;
        node.Missing = [.. node.Expected.Where(agent => !node.Received.ContainsKey(agent))];
    }

    private void See(string entity, Registry registry, object e)
    {
        if (e is not ModelAdded added)
        {
            return;
        }

        Require(added.Model.Version == registry.Version + 1, entity, $"gives version {added.Model.Version} after {registry.Version}");
        bool known = registry.Merged.TryDequeue(out string? merged);
        Require(known && merged == added.Model.Hash, entity, $"gives version {added.Model.Version} to what is not the next merged model");
        registry.Version = added.Model.Version;
    }

    private void Require(bool holds, string entity, FormattableString otherwise)
    {
        if (!holds)
        {
            Violate($"{entity} {otherwise.ToString(CultureInfo.InvariantCulture)}");
        }
    }

    private Node NodeOf(string entity)
    {
        if (!_nodes.TryGetValue(entity, out Node? node))
        {
            _nodes.Add(entity, node = new Node());
        }

        return node;
    }

    private Registry RegistryOf(string ion)
    {
        if (!_registries.TryGetValue(ion, out Registry? registry))
        {
            _registries.Add(ion, registry = new Registry());
        }

        return registry;
    }

    private sealed class Node
    {
        public long Last { get; set; }

        public long Open { get; set; }

        public long Merging { get; set; }

        public long Propagated { get; set; }

        public ImmutableArray<string> Expected { get; set; } = [];

        public ImmutableArray<string> Missing { get; set; } = [];

        public HybridTimestamp? ClosedAt { get; set; }

        public HashSet<string> Updates { get; set; } = [];

        public Dictionary<string, string> Received { get; } = new(StringComparer.Ordinal);

        public HashSet<(string Agent, HybridTimestamp EmittedAt)> Counted { get; } = [];
    }

    private sealed class Registry
    {
        public long Version { get; set; }

        public Queue<string> Merged { get; } = new();
    }
}
