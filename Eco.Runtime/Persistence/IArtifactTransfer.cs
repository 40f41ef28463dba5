using Eco.Runtime.Actors;

namespace Eco.Runtime.Persistence;

/// <summary>
/// The port that moves artefacts between an agent's <see cref="IArtifactStore"/> and the server's. Each request is one attempt: it is answered once, with
/// <see cref="ArtifactTransferred"/> or <see cref="TransferFailed"/>, and before that with <see cref="TransferProgressed"/> as bytes get across. Whoever asked tries
/// again, for as long as it wants the artefact; what got across stays, and the next attempt goes on there. Nothing is published at either end before its hash was
/// verified. Requests for one artefact in one direction share a transfer.
/// </summary>
public interface IArtifactTransfer
{
    /// <summary>Says which server to use from the next attempt on.</summary>
    /// <param name="endpoint">Its address as the server gave it; null changes nothing.</param>
    void UseServer(string? endpoint);

    /// <summary>Brings an artefact of the agent's store to the server's; at once done if the server has it.</summary>
    void Upload(UploadArtifact request, IActorRef replyTo);

    /// <summary>Brings an artefact of the server's store to the agent's.</summary>
    void Download(DownloadArtifact request, IActorRef replyTo);

    /// <summary>Takes back what an actor has asked for about an artefact; no answer comes any more. The transfer ends when nobody else wants it.</summary>
    void Cancel(string hash, IActorRef replyTo);
}

/// <summary>Asks to bring an artefact to the server.</summary>
/// <param name="CorrelationId">Comes back with each answer.</param>
/// <param name="Hash">Lower-case hexadecimal SHA-256.</param>
/// <param name="Length">Bytes.</param>
public sealed record UploadArtifact(long CorrelationId, string Hash, long Length);

/// <summary>Asks to bring an artefact from the server.</summary>
/// <param name="CorrelationId">Comes back with each answer.</param>
/// <param name="Hash">Lower-case hexadecimal SHA-256.</param>
/// <param name="Length">Bytes, as the message that names the artefact says.</param>
public sealed record DownloadArtifact(long CorrelationId, string Hash, long Length);

/// <summary>So much of an artefact is across.</summary>
public sealed record TransferProgressed(long CorrelationId, string Hash, long Bytes, long Length);

/// <summary>The artefact is durable and verified at its destination.</summary>
public sealed record ArtifactTransferred(long CorrelationId, string Hash, long Length);

/// <summary>What kept an artefact from getting across.</summary>
public enum TransferFault
{
    /// <summary>No server is known yet, or it cannot be reached.</summary>
    Unreachable,

    /// <summary>The connection ended, or stood still for too long; the next attempt goes on where this one ended.</summary>
    Interrupted,

    /// <summary>Too many transfers wait, here or at the server.</summary>
    Overloaded,

    /// <summary>The source has no such artefact.</summary>
    Missing,

    /// <summary>The bytes are not those that the name promises; nothing of them is kept.</summary>
    Corrupt,

    /// <summary>The destination's disk is full or fails.</summary>
    Storage,

    /// <summary>The request can never be granted: no artefact's name, or more bytes than are allowed.</summary>
    Refused,
}

/// <summary>The attempt has failed.</summary>
/// <param name="CorrelationId">The request's.</param>
/// <param name="Hash">The artefact.</param>
/// <param name="Fault">What kind of failure.</param>
/// <param name="Reason">One line of cause.</param>
public sealed record TransferFailed(long CorrelationId, string Hash, TransferFault Fault, string Reason)
{
    /// <summary>Whether another attempt can help.</summary>
    public bool CanRetry => Fault != TransferFault.Refused;
}
