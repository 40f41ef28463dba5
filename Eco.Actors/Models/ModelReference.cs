using System.Security.Cryptography;
using Eco.Engines.Abstractions;

namespace Eco.Actors.Models;

/// <summary>A model as it travels in control frames and stands in journals: named by its hash, its bytes riding along.</summary>
/// <param name="Name">The model's name within its ION: <c>node.component</c> of its maker.</param>
/// <param name="Version">Given by the <see cref="ModelRegistryActor"/>; 0 for an update that only a merge will see.</param>
/// <param name="Hash">Lower-case hexadecimal SHA-256 of the content.</param>
/// <param name="Kind">Learner and format.</param>
/// <param name="Weight">How much data stands behind it.</param>
/// <param name="Content">The bytes, at most <see cref="MaximumInlineBytes"/>.</param>
public sealed record ModelReference(string Name, long Version, string Hash, string Kind, double Weight, byte[] Content)
{
    /// <summary>An artefact of at most this size may ride inside a control frame, in bytes.</summary>
    public const int MaximumInlineBytes = 16 * 1024;

    /// <summary>Names an engine's model by its content.</summary>
    public static ModelReference Of(string name, ModelArtifact artifact)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        return new ModelReference(name, 0, HashOf(artifact.Content), artifact.Kind, artifact.Weight, artifact.Content);
    }

    /// <summary>The model as engines take it.</summary>
    public ModelArtifact ToArtifact() => new(Kind, Content, Weight);

    /// <summary>Lower-case hexadecimal SHA-256.</summary>
    public static string HashOf(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return Convert.ToHexStringLower(hash);
    }
}
