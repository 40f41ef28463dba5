using System.Text.Json;
using System.Text.Json.Serialization;

namespace Eco.Runtime.Persistence;

/// <summary>Writes a hybrid timestamp as its short text, since it stands in every frame and event.</summary>
public sealed class HybridTimestampJsonConverter : JsonConverter<HybridTimestamp>
{
    /// <inheritdoc/>
    public override HybridTimestamp Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return HybridTimestamp.Parse(reader.GetString() ?? string.Empty);
        }
        catch (FormatException e)
        {
            throw new JsonException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, HybridTimestamp value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.ToString());
    }
}
