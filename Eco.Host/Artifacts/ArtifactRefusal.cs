using System.Text.Json.Serialization;

namespace Eco.Host.Artifacts;

/// <summary>Why a request for an artefact was refused.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Cause">What is wrong.</param>
/// <param name="Cure">What would be right.</param>
internal sealed record ArtifactRefusal(int Status, string Cause, string Cure);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ArtifactRefusal))]
internal sealed partial class ArtifactJson : JsonSerializerContext;
