using Eco.Runtime.Actors;

namespace Eco.Runtime.Persistence.Artifacts;

/// <summary>One attempt to move an artefact, for all who asked for it.</summary>
public sealed class TransferJob
{
    private readonly CancellationTokenSource _unwanted = new();

    internal TransferJob(bool isUpload, string hash, long length)
    {
        IsUpload = isUpload;
        Hash = hash;
        Length = length;
    }

    /// <summary>Whether it goes to the server.</summary>
    public bool IsUpload { get; }

    /// <summary>The artefact.</summary>
    public string Hash { get; }

    /// <summary>Its bytes.</summary>
    public long Length { get; }

    /// <summary>Ends when nobody wants the artefact any more.</summary>
    public CancellationToken Unwanted => _unwanted.Token;

    internal List<(long CorrelationId, IActorRef ReplyTo)> Askers { get; } = [];

    internal bool IsActive { get; set; }

    internal void Drop() => _unwanted.Cancel();
}
