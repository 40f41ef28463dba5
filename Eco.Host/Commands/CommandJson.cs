using System.Text.Json.Serialization;

namespace Eco.Host.Commands;

/// <summary>A line of <c>eco doctor --format json</c>.</summary>
internal sealed record DoctorLine(string Name, string Outcome, string Text, string Cure);

/// <summary>The document of <c>eco version --format json</c>.</summary>
internal sealed record VersionLine(string Version, string Commit, string Runtime, string Os);

/// <summary>How the documents of commands that need no host look.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DoctorLine[]))]
[JsonSerializable(typeof(VersionLine))]
internal sealed partial class CommandJson : JsonSerializerContext;
