using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Artifacts;

namespace Eco.Runtime.Simulation;

/// <summary>The artefact store as one incarnation of a host has it. What is read is verified against its name.</summary>
public sealed class SimulatedArtifactStore : IArtifactStore
{
    private readonly SimulatedArtifactStorage _storage;
    private readonly StorageDevice _device;

    internal SimulatedArtifactStore(SimulatedArtifactStorage storage, StorageDevice device)
    {
        _storage = storage;
        _device = device;
    }

    /// <inheritdoc/>
    public void Put(PutArtifact request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        _device.Write(new PutOperation(_storage, request, replyTo));
    }

    /// <inheritdoc/>
    public void Get(GetArtifact request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        var operation = new ReadOperation(
            replyTo, () => Load(request), message => new ArtifactFailed(request.CorrelationId, request.Hash, message));
        if (ArtifactName.IsValid(request.Hash))
        {
            _device.Read(operation);
        }
        else
        {
            _device.Answer(replyTo, operation.Failed(AppendFailureReason.Rejected, "an artefact's name is 64 lower-case hexadecimal digits"));
        }
    }

    private object Load(GetArtifact request)
    {
        if (_storage.Get(request.Hash) is not { } content)
        {
            return new ArtifactFailed(request.CorrelationId, request.Hash, $"artefact {request.Hash} is not stored here");
        }

        string actual = ArtifactName.Of(content);
        return actual == request.Hash
            ? new ArtifactLoaded(request.CorrelationId, request.Hash, [.. content])
            : new ArtifactFailed(request.CorrelationId, request.Hash, $"artefact {request.Hash} is damaged: its content has hash {actual}");
    }

    private sealed class PutOperation(SimulatedArtifactStorage storage, PutArtifact request, IActorRef replyTo) : StorageOperation(replyTo)
    {
        private readonly byte[] _content = request.Content;
        private readonly string _hash = ArtifactName.Of(request.Content);

        public override long Bytes => storage.Contains(_hash) ? 0 : _content.Length;

        public override object Run()
        {
            storage.Put(_hash, _content);
            return new ArtifactStored(request.CorrelationId, _hash, _content.Length);
        }

        public override object Failed(AppendFailureReason reason, string message) => new ArtifactFailed(request.CorrelationId, null, message);
    }
}
