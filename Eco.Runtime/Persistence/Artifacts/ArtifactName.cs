using System.Security.Cryptography;

namespace Eco.Runtime.Persistence.Artifacts;

/// <summary>
/// The name of an artefact: the SHA-256 of its content as 64 lower-case hexadecimal digits. Nothing else is let near a path, so a name
/// that came over the network cannot leave the folder.
/// </summary>
public static class ArtifactName
{
    /// <summary>Digits of a name.</summary>
    public const int Length = 64;

    /// <summary>The name of a content.</summary>
    public static string Of(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Whether a text is a name.</summary>
    public static bool IsValid(string? text)
    {
        if (text is not { Length: Length })
        {
            return false;
        }

        foreach (char c in text)
        {
            if (!char.IsAsciiHexDigitLower(c))
            {
                return false;
            }
        }

        return true;
    }
}
