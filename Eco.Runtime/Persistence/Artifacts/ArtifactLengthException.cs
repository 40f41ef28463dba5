namespace Eco.Runtime.Persistence.Artifacts;

/// <summary>An intake that was begun with one length is to go on with another.</summary>
/// <param name="hash">The artefact.</param>
/// <param name="begun">The length with which it was begun.</param>
/// <param name="said">The length that is said now.</param>
public sealed class ArtifactLengthException(string hash, long begun, long said) : IOException(
    FormattableString.Invariant($"artefact {hash} was begun as one of {begun} bytes, and is now said to have {said}"));
