using Eco.Actors.Agents;
using Eco.Actors.Agents.Instances;
using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;
using Eco.Runtime.Dispatch;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Statistics;
using Eco.Schedulers.Placement;

namespace Eco.Actors.Hosting;

/// <summary>The ports of an agent.</summary>
/// <param name="Journal">Its journal.</param>
/// <param name="Artifacts">Where large checkpoints and models are kept.</param>
/// <param name="Statistics">Where statistics wait for the server.</param>
/// <param name="Engines">Its engines.</param>
/// <param name="Transport">The transport to the server.</param>
/// <param name="Transfer">The way of large models to and from the server.</param>
/// <param name="CrashPoints">For fault campaigns.</param>
public sealed record AgentPorts(
    IJournal Journal,
    IArtifactStore Artifacts,
    IStatisticsStore Statistics,
    IEngineHost Engines,
    ITransport Transport,
    IArtifactTransfer Transfer,
    ICrashPoints CrashPoints);

/// <summary>How an agent runs.</summary>
/// <param name="Profile">What it says of itself.</param>
/// <param name="WriterId">Unique to this start.</param>
/// <param name="Agents">How it keeps in touch.</param>
/// <param name="Entities">How durable messages are sent.</param>
/// <param name="Where">Machine and process, for people who look for it; null where nobody does.</param>
public sealed record AgentSetup(AgentProfile Profile, string WriterId, AgentOptions Agents, EntityOptions Entities, string? Where = null);

/// <summary>The agent role: which entities an agent has. The same in both worlds; only the ports differ.</summary>
public static class AgentRole
{
    /// <summary>Starts the role in an actor system of its own.</summary>
    public static IActorRef Start(ActorSystem system, AgentSetup setup, AgentPorts ports)
    {
        ArgumentNullException.ThrowIfNull(setup);
        ArgumentNullException.ThrowIfNull(ports);
        string id = setup.Profile.Id;
        return EntityHost.Start(system, new EntityHostSetup(
            EntityAddress.OfAgent(id),
            EntityRoutes.OfAgent(id),
            setup.WriterId,
            ports.Journal,
            ports.Transport,
            EcoManifests.Registry,
            [
                new EntityType(
                    "identity",
                    entity => Depth(entity) == 2,
                    entity => Props.Create(() => new AgentIdentityActor(entity, setup.Profile, setup.Agents, ports.Transfer, setup.Where))),
                new EntityType(
                    "agent",
                    entity => Depth(entity) == 3,
                    entity => Props.Create(() => new AgentActor(entity, setup.Agents, ports.Statistics, ports.Transfer))),
                new EntityType(
                    "instance",
                    entity => Depth(entity) == 5,
                    entity => Props.Create(() => new NodeInstanceActor(
                        entity, ports.Engines, ports.Artifacts, ports.Transfer, ports.Statistics, setup.Agents))),
            ],
            [AgentIdentityActor.IdOf(id)],
            setup.Entities,
            ports.CrashPoints)
        {
            WaitsForIdentity = true,
        });
    }

    private static int Depth(string entity) => entity.StartsWith("agent/", StringComparison.Ordinal) ? entity.Split('/').Length : 0;
}
