using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Eco.Engines.Abstractions;

namespace Eco.Actors.Models;

/// <summary>A model as it travels in control frames and stands in journals: named by its hash, with its bytes if they are few.</summary>
/// <param name="Name">The model's name within its ION: <c>node.component</c> of its maker.</param>
/// <param name="Version">Given by the <see cref="ModelRegistryActor"/>; 0 for an update that only a merge will see.</param>
/// <param name="Hash">Lower-case hexadecimal SHA-256 of the content.</param>
/// <param name="Kind">Learner and format.</param>
/// <param name="Weight">How much data stands behind it.</param>
/// <param name="Content">The bytes, at most <see cref="MaximumInlineBytes"/>; null if they are an artefact.</param>
/// <param name="Length">How many bytes the artefact has; 0 where <paramref name="Content"/> has them.</param>
public sealed record ModelReference(
    string Name,
    long Version,
    string Hash,
    string Kind,
    double Weight,
    byte[]? Content,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long Length = 0)
{
    /// <summary>An artefact of at most this size may ride inside a control frame, in bytes.</summary>
    public const int MaximumInlineBytes = 16 * 1024;

    /// <summary>Names an engine's model by its content. One that is too large to ride along has to be in the artefact store before this is journalled.</summary>
    public static ModelReference Of(string name, ModelArtifact artifact)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        var reference = new ModelReference(name, 0, HashOf(artifact.Content), artifact.Kind, artifact.Weight, artifact.Content);
        return Rides(artifact) ? reference : reference with { Content = null, Length = artifact.Content.Length };
    }

    /// <summary>Whether a model's bytes travel in the control frame that names it.</summary>
    public static bool Rides(ModelArtifact artifact)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        return artifact.Content.Length <= MaximumInlineBytes;
    }

    /// <summary>How many bytes the model has, wherever they are.</summary>
    public long Size() => Content?.Length ?? Length;

    /// <summary>The model as engines take it.</summary>
    /// <exception cref="InvalidOperationException">Its bytes are an artefact, which has to be read first.</exception>
    public ModelArtifact ToArtifact() =>
        new(Kind, Content ?? throw new InvalidOperationException($"the bytes of {Name} are artefact {Hash}, which nobody has read"), Weight);

    /// <summary>Lower-case hexadecimal SHA-256.</summary>
    public static string HashOf(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return Convert.ToHexStringLower(hash);
    }
}
