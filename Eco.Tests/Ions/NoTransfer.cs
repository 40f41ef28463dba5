using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;

namespace Eco.Tests.Ions;

/// <summary>A way of artefacts for tests that move none.</summary>
internal sealed class NoTransfer : IArtifactTransfer
{
    public void UseServer(string? endpoint)
    {
    }

    public void Upload(UploadArtifact request, IActorRef replyTo) => throw new InvalidOperationException("this test moves no artefacts");

    public void Download(DownloadArtifact request, IActorRef replyTo) => throw new InvalidOperationException("this test moves no artefacts");

    public void Cancel(string hash, IActorRef replyTo)
    {
    }
}
