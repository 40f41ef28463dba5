using System.Buffers;
using System.Text.Json;
using Eco.Runtime.Persistence;

namespace Eco.Runtime.Cluster;

/// <summary>
/// Frames as UTF-8 JSON with one-letter keys: <c>k</c> kind, <c>f</c> from, <c>t</c> to, <c>s</c> sequence number, <c>e</c> owner epoch,
/// <c>h</c> hybrid timestamp, <c>m</c> manifest, <c>p</c> payload, <c>a</c> acknowledged, <c>r</c> resent. Unknown keys are ignored.
/// </summary>
public static class FrameCodec
{
    /// <summary>No frame is larger, in bytes; larger ones are refused by sender and receiver before anything is allocated for them.</summary>
    public const int MaximumBytes = 1024 * 1024;

    /// <summary>No message is larger, in bytes, so that its frame stays below <see cref="MaximumBytes"/> whatever its names are.</summary>
    public const int MaximumPayloadBytes = MaximumBytes - 4096;

    private const int MaximumDepth = 64;

    /// <summary>Writes a frame.</summary>
    /// <exception cref="MessageFormatException">The frame is larger than <see cref="MaximumBytes"/>.</exception>
    public static byte[] Encode(Frame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        var buffer = new ArrayBufferWriter<byte>(frame.Payload.Length + 192);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("k"u8, KindName(frame.Kind));
            writer.WriteString("f"u8, frame.From);
            writer.WriteString("t"u8, frame.To);
            writer.WriteNumber("s"u8, frame.SequenceNr);
            writer.WriteNumber("e"u8, frame.OwnerEpoch);
            writer.WriteString("h"u8, frame.Timestamp.ToString());
            if (frame.Acknowledged > 0)
            {
                writer.WriteNumber("a"u8, frame.Acknowledged);
            }

            if (frame.IsResent)
            {
                writer.WriteBoolean("r"u8, true);
            }

            if (frame.Manifest is not null)
            {
                writer.WriteString("m"u8, frame.Manifest);
                writer.WritePropertyName("p"u8);
                writer.WriteRawValue(frame.Payload, skipInputValidation: true);
            }

            writer.WriteEndObject();
        }

        if (buffer.WrittenCount > MaximumBytes)
        {
            throw new MessageFormatException(
                $"a frame with {frame.Manifest} from {frame.From} has {buffer.WrittenCount} bytes; at most {MaximumBytes} are sent");
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a frame.</summary>
    /// <exception cref="MessageFormatException">The bytes are not a frame; the text says why.</exception>
    public static Frame Decode(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > MaximumBytes)
        {
            throw new MessageFormatException($"a frame of {bytes.Length} bytes came in; at most {MaximumBytes} are taken");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = MaximumDepth });
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw new MessageFormatException("a frame is a JSON object");
            }

            FrameKind kind = KindOf(root.GetProperty("k"u8).GetString());
            bool carries = kind is FrameKind.Message or FrameKind.Volatile;
            return new Frame(
                kind,
                Text(root, "f"u8),
                Text(root, "t"u8),
                root.GetProperty("s"u8).GetInt64(),
                root.GetProperty("e"u8).GetInt64(),
                HybridTimestamp.Parse(Text(root, "h"u8)),
                carries ? Text(root, "m"u8) : null,
                carries ? System.Text.Encoding.UTF8.GetBytes(root.GetProperty("p"u8).GetRawText()) : [],
                root.TryGetProperty("a"u8, out JsonElement acknowledged) ? acknowledged.GetInt64() : 0,
                root.TryGetProperty("r"u8, out JsonElement resent) && resent.GetBoolean());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new MessageFormatException($"a frame is not readable: {e.Message}", e);
        }
    }

    private static string Text(JsonElement root, ReadOnlySpan<byte> key) =>
        root.GetProperty(key).GetString() ?? throw new FormatException("a frame's names are never null");

    private static string KindName(FrameKind kind) => kind switch
    {
        FrameKind.Message => "m",
        FrameKind.Acknowledgement => "a",
        FrameKind.Gap => "g",
        FrameKind.Volatile => "v",
        FrameKind.Tick => "t",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static FrameKind KindOf(string? name) => name switch
    {
        "m" => FrameKind.Message,
        "a" => FrameKind.Acknowledgement,
        "g" => FrameKind.Gap,
        "v" => FrameKind.Volatile,
        "t" => FrameKind.Tick,
        _ => throw new FormatException($"'{name}' is no kind of frame"),
    };
}
