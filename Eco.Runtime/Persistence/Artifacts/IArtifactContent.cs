namespace Eco.Runtime.Persistence.Artifacts;

/// <summary>
/// An artefact store as streams, for those who carry artefacts over a network and must not hold one in memory: the endpoint of a server, the client of an agent. Actors use
/// <see cref="IArtifactStore"/>. Calls may come from any thread. Names are valid (<see cref="ArtifactName.IsValid"/>) or refused with an <see cref="ArgumentException"/>; a storage
/// that fails throws <see cref="IOException"/>.
/// </summary>
public interface IArtifactContent
{
    /// <summary>What is there of an artefact.</summary>
    Task<ArtifactExtent> FindAsync(string hash, CancellationToken cancellation);

    /// <summary>Opens a whole artefact for reading. It is not verified: who reads it to its end does that.</summary>
    /// <param name="hash">The artefact.</param>
    /// <param name="offset">Where to begin, from 0 to its length.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="FileNotFoundException">There is no such artefact.</exception>
    Task<Stream> ReadAsync(string hash, long offset, CancellationToken cancellation);

    /// <summary>Begins to take an artefact in, or goes on where an earlier intake was interrupted. One at a time for each artefact.</summary>
    /// <param name="hash">The artefact.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <param name="anew">Whether to forget what an earlier intake has left, and how long that was to be.</param>
    /// <exception cref="ArtifactBusyException">Another intake of it is open.</exception>
    /// <exception cref="ArtifactLengthException">An earlier intake has left something, and was to be of another length.</exception>
    /// <exception cref="ArtifactSpaceException">It does not fit.</exception>
    Task<IArtifactIntake> TakeAsync(string hash, long length, CancellationToken cancellation, bool anew = false);

    /// <summary>Takes a stored artefact out that was found to be corrupt, so that it can be stored anew.</summary>
    Task DiscardAsync(string hash, CancellationToken cancellation);
}

/// <summary>What is there of an artefact.</summary>
/// <param name="Length">Its bytes, if it is whole; null otherwise.</param>
/// <param name="Received">So many are there of one that is not.</param>
public sealed record ArtifactExtent(long? Length, long Received);

/// <summary>An artefact that is being taken in. What was written stays for the next intake when this one is disposed before its end.</summary>
public interface IArtifactIntake : IAsyncDisposable
{
    /// <summary>So many bytes are there.</summary>
    long Received { get; }

    /// <summary>Forgets all that is there.</summary>
    Task RestartAsync(CancellationToken cancellation);

    /// <summary>Adds bytes; not more than the length that was said.</summary>
    Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>Publishes the artefact, durably, if all its bytes are there and their hash is its name; otherwise forgets them.</summary>
    /// <returns>The hash of what was received: the artefact's name if it was published.</returns>
    Task<string> FinishAsync(CancellationToken cancellation);
}
