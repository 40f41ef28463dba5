using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Eco.Runtime.Persistence;

/// <summary>
/// What a payload must hold to be read: every member of a record that is not nullable and has no default. Without this a damaged or foreign
/// payload becomes a record with nulls and absent arrays where its type promises values, and fails much later, in whoever uses it.
/// </summary>
internal static class PayloadContract
{
    private static readonly ConditionalWeakTable<JsonSerializerOptions, JsonSerializerOptions> Options = [];

    /// <summary>The same type, read by this rule. A later version adds a member as nullable, with a default, or under a new version of the manifest.</summary>
    public static JsonTypeInfo Strict(JsonTypeInfo info) => Options.GetValue(info.Options, MakeStrict).GetTypeInfo(info.Type);

    private static JsonSerializerOptions MakeStrict(JsonSerializerOptions options)
    {
        var strict = new JsonSerializerOptions(options)
        {
            RespectNullableAnnotations = true,
            TypeInfoResolver = (options.TypeInfoResolver ?? throw new ArgumentException("the type has no source-generated metadata", nameof(options)))
                .WithAddedModifier(Require),
        };
        strict.MakeReadOnly();
        return strict;
    }

    private static void Require(JsonTypeInfo info)
    {
        foreach (JsonPropertyInfo member in info.Properties)
        {
            if (member.AssociatedParameter is { HasDefaultValue: false, IsNullable: false } parameter && Nullable.GetUnderlyingType(parameter.ParameterType) is null)
            {
                member.IsRequired = true;
            }
        }
    }
}
