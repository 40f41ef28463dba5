using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;

namespace Eco.Actors.Models;

/// <summary>
/// The server's entity for the models of one ION: versions that only rise, decisions, and the bytes in the artefact store before the event
/// that names them.
/// </summary>
public sealed class ModelRegistryActor : EntityActor<ModelRegistryState>
{
    private static readonly TimeSpan StoreAgainAfter = TimeSpan.FromSeconds(5);
    private readonly IArtifactStore _artifacts;
    private long _correlation;
    private bool _storing;

    /// <summary>Makes the entity.</summary>
    public ModelRegistryActor(string entityId, IArtifactStore artifacts)
        : base(entityId, ModelRegistryState.Empty) => _artifacts = artifacts;

    /// <summary>The entity id of an ION's registry.</summary>
    public static string IdOf(string ion) => $"models/{ion}";

    /// <inheritdoc/>
    protected override Decision Decide(object command, string? from) => State.Decide(command);

    /// <inheritdoc/>
    protected override ModelRegistryState Apply(ModelRegistryState state, object @event) => state.Apply(@event);

    /// <inheritdoc/>
    protected override void OnReady() => StoreNext();

    /// <inheritdoc/>
    protected override void OnCommitted(object @event)
    {
        if (@event is ModelSubmitted or ModelAdded)
        {
            StoreNext();
        }
    }

    /// <inheritdoc/>
    protected override bool OnMessage(object message)
    {
        switch (message)
        {
            case ArtifactStored stored:
                _storing = false;
                Execute(new ArtifactKept(stored.Hash));
                return true;
            case ArtifactFailed failed:
                _storing = false;
                Timers.StartSingleTimer(nameof(StoreAgain), StoreAgain.Instance, StoreAgainAfter);
                Context.System.EventStream.Publish(failed);
                return true;
            case StoreAgain:
                StoreNext();
                return true;
            default:
                return false;
        }
    }

    private void StoreNext()
    {
        if (_storing || State.Pending.IsEmpty)
        {
            return;
        }

        ModelReference model = State.Pending[0].Model;
        if (model.Content is { } content)
        {
            _storing = true;
            _artifacts.Put(new PutArtifact(++_correlation, content), Self);
            return;
        }

        // The agent has sent the message behind the bytes: the store has them already.
        Self.Tell(new ArtifactKept(model.Hash), Self);
    }

    private sealed record StoreAgain
    {
        public static StoreAgain Instance { get; } = new();
    }
}
