using Eco.Runtime.Cluster;

namespace Eco.Actors.Ions;

/// <summary>The server's entity for one ION: its definition, its versions, and what its nodes map to.</summary>
public sealed class IonActor : EntityActor<IonState>
{
    private const string Prefix = "ion/";

    /// <summary>Makes the entity.</summary>
    public IonActor(string entityId)
        : base(entityId, IonState.Empty)
    {
    }

    /// <summary>The entity id of an ION.</summary>
    public static string IdOf(string ion) => Prefix + ion;

    /// <inheritdoc/>
    protected override Decision Decide(object command, string? from) => State.Decide(PersistenceId[Prefix.Length..], command);

    /// <inheritdoc/>
    protected override IonState Apply(IonState state, object @event) => state.Apply(@event);
}
