using Eco.Runtime.Actors;

namespace Eco.Runtime.Persistence;

/// <summary>
/// The artefact port: content-addressed bytes (models, checkpoints) of one host identity. An artefact is stored before the event that
/// names it is journalled, so a name in a journal can always be resolved.
/// </summary>
public interface IArtifactStore
{
    /// <summary>Stores bytes durably (temporary file, sync, rename); answers <see cref="ArtifactStored"/> or <see cref="ArtifactFailed"/>.</summary>
    void Put(PutArtifact request, IActorRef replyTo);

    /// <summary>Reads bytes and verifies them against their name; answers <see cref="ArtifactLoaded"/> or <see cref="ArtifactFailed"/>.</summary>
    void Get(GetArtifact request, IActorRef replyTo);
}

/// <summary>Asks to store bytes.</summary>
public sealed record PutArtifact(long CorrelationId, byte[] Content);

/// <summary>The bytes are durable under <paramref name="Hash"/>.</summary>
/// <param name="CorrelationId">The request's.</param>
/// <param name="Hash">Lower-case hexadecimal SHA-256 of the content.</param>
/// <param name="Length">Bytes.</param>
public sealed record ArtifactStored(long CorrelationId, string Hash, int Length);

/// <summary>Asks for bytes by their name.</summary>
public sealed record GetArtifact(long CorrelationId, string Hash);

/// <summary>The verified bytes.</summary>
public sealed record ArtifactLoaded(long CorrelationId, string Hash, byte[] Content);

/// <summary>The artefact is absent, corrupt or could not be stored.</summary>
/// <param name="CorrelationId">The request's.</param>
/// <param name="Hash">The name, where one was given.</param>
/// <param name="Reason">One line of cause.</param>
public sealed record ArtifactFailed(long CorrelationId, string? Hash, string Reason);
