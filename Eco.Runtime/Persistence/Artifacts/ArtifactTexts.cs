namespace Eco.Runtime.Persistence.Artifacts;

/// <summary>The words of failures that several forms of the artefact ports share.</summary>
public static class ArtifactTexts
{
    /// <summary>The bytes are not those that the name promises (reliability.md, row 14).</summary>
    public static string Corrupt(string want, string got) => $"ArtefactCorrupt(want {want}, got {got})";

    /// <summary>The bytes are more than are allowed.</summary>
    public static string TooLarge(long length, long maximum) =>
        FormattableString.Invariant($"{length} bytes are too many for one artefact, at most {maximum} are allowed (eco.artifacts.max-bytes)");
}
