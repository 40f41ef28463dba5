namespace Eco.Runtime.Persistence.Artifacts;

/// <summary>Another intake of the same artefact is open.</summary>
/// <param name="hash">The artefact.</param>
public sealed class ArtifactBusyException(string hash) : IOException($"artefact {hash} is being received already; try again later");
