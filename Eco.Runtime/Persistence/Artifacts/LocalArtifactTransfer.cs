using Eco.Runtime.Actors;

namespace Eco.Runtime.Persistence.Artifacts;

/// <summary>
/// Transfers between two stores of one process: reads from the one and puts into the other, each of which verifies. A transfer holds its artefact in memory, at most
/// <see cref="TransferLimits.MaximumActive"/> at a time.
/// </summary>
public sealed class LocalArtifactTransfer : IArtifactTransfer
{
    private readonly IArtifactStore _agent;
    private readonly IArtifactStore _server;
    private readonly TransferDesk _desk;

    /// <summary>Makes the port of one agent.</summary>
    /// <param name="agent">Its store.</param>
    /// <param name="server">The server's store.</param>
    /// <param name="limits">How much at a time; null: two, each of at most 256 MiB.</param>
    public LocalArtifactTransfer(IArtifactStore agent, IArtifactStore server, TransferLimits? limits = null)
    {
        _agent = agent;
        _server = server;
        _desk = new TransferDesk(limits ?? new TransferLimits { MaximumActive = 2 }, Start);
    }

    /// <inheritdoc/>
    public void UseServer(string? endpoint)
    {
        // There is one server, and it is here.
    }

    /// <inheritdoc/>
    public void Upload(UploadArtifact request, IActorRef replyTo) => _desk.Ask(request, replyTo);

    /// <inheritdoc/>
    public void Download(DownloadArtifact request, IActorRef replyTo) => _desk.Ask(request, replyTo);

    /// <inheritdoc/>
    public void Cancel(string hash, IActorRef replyTo) => _desk.Cancel(hash, replyTo);

    private void Start(TransferJob job)
    {
        (IArtifactStore from, IArtifactStore to) = job.IsUpload ? (_agent, _server) : (_server, _agent);
        from.Get(new GetArtifact(0, job.Hash), new PortCallback("transfer", read =>
        {
            if (read is ArtifactLoaded loaded)
            {
                Put(job, to, loaded);
            }
            else
            {
                // The store says one or the other in words only; to whoever asked both mean that the source has no such bytes.
                _desk.Fail(job, TransferFault.Missing, ((ArtifactFailed)read).Reason);
            }
        }));
    }

    private void Put(TransferJob job, IArtifactStore to, ArtifactLoaded loaded)
    {
        if (loaded.Content.Length != job.Length)
        {
            _desk.Fail(job, TransferFault.Refused, FormattableString.Invariant($"the artefact has {loaded.Content.Length} bytes, not {job.Length} as was said"));
            return;
        }

        to.Put(new PutArtifact(0, loaded.Content), new PortCallback("transfer", put =>
        {
            if (put is ArtifactStored)
            {
                _desk.Complete(job);
            }
            else
            {
                _desk.Fail(job, TransferFault.Storage, ((ArtifactFailed)put).Reason);
            }
        }));
    }
}
