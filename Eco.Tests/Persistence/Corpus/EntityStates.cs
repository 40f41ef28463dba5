using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Eco.Actors;
using Eco.Actors.Agents;
using Eco.Actors.Agents.Instances;
using Eco.Actors.Agents.Proxies;
using Eco.Actors.Ions;
using Eco.Actors.Ions.Nodes;
using Eco.Actors.Models;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Sqlite;

namespace Eco.Tests.Persistence.Corpus;

/// <summary>The state of every entity of a journal, by the pure functions that the entities themselves apply.</summary>
internal static class EntityStates
{
    /// <summary>Each entity's state with its manifest, in ordinal order of the entities.</summary>
    public static ImmutableSortedDictionary<string, JsonNode> Of(string journal)
    {
        using JournalReader reader = JournalReader.Open(journal);
        var states = ImmutableSortedDictionary.CreateBuilder<string, JsonNode>(StringComparer.Ordinal);
        foreach (string entity in reader.List(new ListEntities(1)).PersistenceIds)
        {
            states.Add(entity, Write(StateOf(reader, entity)));
        }

        return states.ToImmutable();
    }

    /// <summary>A recorded state as the present release reads it, as it would a snapshot: what it has added since has its default.</summary>
    public static JsonNode Read(JsonNode recorded) => Write(EcoManifests.Registry.Decode(
        recorded["manifest"]!.GetValue<string>(), Encoding.UTF8.GetBytes(recorded["state"]!.ToJsonString())));

    /// <summary>One number for a state.</summary>
    public static string Hash(JsonNode state) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(state.ToJsonString())))[..16];

    private static JsonNode Write(object state)
    {
        (string manifest, byte[] payload) = EcoManifests.Registry.Encode(state);
        return new JsonObject { ["manifest"] = manifest, ["state"] = JsonNode.Parse(payload) };
    }

    private static object StateOf(JournalReader reader, string entity)
    {
        object state = EmptyOf(entity);
        foreach (object answer in reader.Recover(new RecoverRequest(1, entity)))
        {
            switch (answer)
            {
                case RecoveryStarted { Snapshot: { } snapshot }:
                    state = EcoManifests.Registry.Decode(snapshot.Manifest, snapshot.Payload);
                    break;
                case RecoveredEvents page:
                    state = page.Events.Aggregate(state, (before, e) => Apply(before, EcoManifests.Registry.Decode(e.Manifest, e.Payload)));
                    break;
                case RecoveryFailed failed:
                    throw new InvalidOperationException($"{entity}: {failed.Message}");
            }
        }

        return state;
    }

    private static object EmptyOf(string entity) => entity.Split('/') switch
    {
        [AgentDirectoryActor.Id] => AgentDirectoryState.Empty,
        ["ion", _] => IonState.Empty,
        ["ion", _, _] => IonNodeState.Empty,
        ["models", _] => ModelRegistryState.Empty,
        ["proxy", _] => AgentProxyState.Empty,
        ["agent", _] => AgentIdentityState.Empty,
        ["agent", _, _] => AgentState.Empty,
        ["agent", _, _, _, _] => NodeInstanceState.Empty,
        _ => throw new InvalidOperationException($"no entity type of this release has the id {entity}"),
    };

    private static object Apply(object state, object e) => state switch
    {
        AgentDirectoryState s => s.Apply(e),
        IonState s => s.Apply(e),
        IonNodeState s => s.Apply(e),
        ModelRegistryState s => s.Apply(e),
        AgentProxyState s => s.Apply(e),
        AgentIdentityState s => s.Apply(e),
        AgentState s => s.Apply(e),
        NodeInstanceState s => s.Apply(e),
        _ => throw new InvalidOperationException($"{state.GetType()} is the state of no entity"),
    };
}
