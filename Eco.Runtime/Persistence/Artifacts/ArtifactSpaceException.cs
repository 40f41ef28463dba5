namespace Eco.Runtime.Persistence.Artifacts;

/// <summary>An artefact does not fit into what its store may hold.</summary>
/// <param name="message">How much is there, and how much more would not fit.</param>
public sealed class ArtifactSpaceException(string message) : IOException(message);
