using System.Collections.Immutable;
using Eco.Runtime.Actors;
using Eco.Runtime.Dispatch;
using Eco.Runtime.Persistence;
using Microsoft.Extensions.Logging;

namespace Eco.Runtime.Cluster;

/// <summary>What a host identity needs to run its entities.</summary>
/// <param name="Address">Its transport address.</param>
/// <param name="PartitionCount">How many partitions its database has.</param>
/// <param name="WriterId">Unique to this start.</param>
/// <param name="Journal">Its journal.</param>
/// <param name="Transport">The transport between hosts.</param>
/// <param name="Registry">The types that may be journalled and sent.</param>
/// <param name="Types">Its entity types.</param>
/// <param name="First">Entities that exist from the first start on.</param>
/// <param name="Options">How messages are sent and acknowledged.</param>
/// <param name="CrashPoints">For fault campaigns.</param>
public sealed record EntityHostSetup(
    string Address,
    int PartitionCount,
    string WriterId,
    IJournal Journal,
    ITransport Transport,
    MessageRegistry Registry,
    ImmutableArray<EntityType> Types,
    ImmutableArray<string> First,
    EntityOptions Options,
    ICrashPoints CrashPoints);

/// <summary>On the event stream: a host's partitions are claimed and its entities are starting.</summary>
/// <param name="Address">The host.</param>
/// <param name="Router">Its router.</param>
public sealed record EntityHostReady(string Address, IActorRef Router);

/// <summary>On the event stream: a host cannot start, or has lost its partitions.</summary>
public sealed record EntityHostFailed(string Address, string Reason);

/// <summary>
/// Starts a host identity in the order that fencing needs: claim all partitions, and only when that has committed recover entities
/// (design: Who owns what, and what fences).
/// </summary>
public sealed partial class EntityHost : ReceiveActor
{
    private readonly EntityHostSetup _setup;
    private readonly ILogger _logger;
    private ImmutableArray<Ownership> _owned = [];

    /// <summary>Makes the actor and the system's persistence extension.</summary>
    public EntityHost(EntityHostSetup setup)
    {
        _setup = setup;
        _logger = Context.System.LoggerFactory.CreateLogger<EntityHost>();
        Context.System.RegisterExtension(new PersistenceExtension(
            setup.Journal,
            setup.Registry,
            new HybridClock(Context.System.TimeProvider, HostNameOf(setup.Address)),
            OwnershipOf,
            setup.CrashPoints));

        Context.System.EventStream.Subscribe(Self, typeof(PersistFailure));
        Receive<PersistFailure>(failure =>
        {
            if (failure.Reason == AppendFailureReason.Fenced)
            {
                // Another start of this host owns the journal: whatever this one still decided would be a second truth.
                Fail($"another writer has taken over: {failure.Message}");
                Context.Stop(Self);
            }
        });
        Receive<PartitionsClaimed>(OnClaimed);
        Receive<ClaimFailed>(failed => Fail(failed.Message));
        Receive<EntitiesAwake>(awake =>
        {
            Started(_setup.Address, awake.Count);
        });
        Receive<Status.Failure>(failure => Fail(failure.Cause.Message));
    }

    /// <summary>Starts a host identity in an actor system of its own.</summary>
    public static IActorRef Start(ActorSystem system, EntityHostSetup setup)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.ActorOf(Props.Create(() => new EntityHost(setup)), "entities");
    }

    /// <inheritdoc/>
    protected override void PreStart() =>
        _setup.Journal.Claim(ClaimPartitions.All(1, _setup.PartitionCount, _setup.WriterId), Self);

    private void OnClaimed(PartitionsClaimed claimed)
    {
        _owned = claimed.Owned;
        IActorRef router = Context.ActorOf(
            Props.Create(() => new EntityRouter(_setup.Address, _setup.Transport, _setup.Types, _setup.Options)),
            "router");
        router.Tell(new WakeAll(), Self);
        foreach (string id in _setup.First)
        {
            router.Tell(new WakeEntity(id), Self);
        }

        Context.System.EventStream.Publish(new EntityHostReady(_setup.Address, router));
    }

    private Ownership OwnershipOf(string entityId) => _owned[Partitioning.PartitionOf(entityId, _setup.PartitionCount)];

    private void Fail(string reason)
    {
        CannotStart(_setup.Address, reason);
        Context.System.EventStream.Publish(new EntityHostFailed(_setup.Address, reason));
    }

    // Short, since it stands in every timestamp: eco.agent.edge-1 becomes edge-1.
    private static string HostNameOf(string address) => address[(address.LastIndexOf('.') + 1)..];

    [LoggerMessage(3101, LogLevel.Information, "{Address}: partitions claimed, {Count} entities wake")]
    private partial void Started(string address, int count);

    [LoggerMessage(3102, LogLevel.Error, "{Address} cannot start: {Reason}")]
    private partial void CannotStart(string address, string reason);
}
