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

    /// <summary>A buffer of a large frame is not kept for the next one.</summary>
    private const int KeptBytes = 64 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? t_writer;

    /// <summary>Writes a frame.</summary>
    /// <exception cref="MessageFormatException">The frame is larger than <see cref="MaximumBytes"/>.</exception>
    public static byte[] Encode(Frame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (frame.Payload.Length > MaximumBytes)
        {
            throw TooLarge(frame, frame.Payload.Length);
        }

        ArrayBufferWriter<byte> buffer = t_buffer ??= new ArrayBufferWriter<byte>(1024);
        Utf8JsonWriter writer = t_writer ??= new Utf8JsonWriter(buffer);
        buffer.ResetWrittenCount();
        writer.Reset(buffer);
        Write(writer, frame);
        writer.Flush();
        if (buffer.WrittenCount > MaximumBytes)
        {
            throw TooLarge(frame, buffer.WrittenCount);
        }

        byte[] bytes = buffer.WrittenSpan.ToArray();
        if (buffer.Capacity > KeptBytes)
        {
            t_buffer = null;
            t_writer = null;
        }

        return bytes;
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
            return Read(bytes.Span);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new MessageFormatException($"a frame is not readable: {e.Message}", e);
        }
    }

    private static MessageFormatException TooLarge(Frame frame, int bytes) =>
        new($"a frame with {frame.Manifest} from {frame.From} has {bytes} bytes; at most {MaximumBytes} are sent");

    private static void Write(Utf8JsonWriter writer, Frame frame)
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

    private static Frame Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MaximumDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("a frame is a JSON object");
        }

        FrameKind? kind = null;
        string? from = null, to = null, stamp = null, manifest = null;
        long? number = null, epoch = null;
        long acknowledged = 0;
        bool isResent = false;
        ReadOnlySpan<byte> payload = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // All our keys have one letter, none of them escaped; anything else is a later version's and is skipped.
            byte key = !reader.ValueIsEscaped && reader.ValueSpan.Length == 1 ? reader.ValueSpan[0] : (byte)0;
            reader.Read();
            switch (key)
            {
                case (byte)'k':
                    kind = KindOf(reader.GetString());
                    break;
                case (byte)'f':
                    from = reader.GetString();
                    break;
                case (byte)'t':
                    to = reader.GetString();
                    break;
                case (byte)'s':
                    number = reader.GetInt64();
                    break;
                case (byte)'e':
                    epoch = reader.GetInt64();
                    break;
                case (byte)'h':
                    stamp = reader.GetString();
                    break;
                case (byte)'a':
                    acknowledged = reader.GetInt64();
                    break;
                case (byte)'r':
                    isResent = reader.GetBoolean();
                    break;
                case (byte)'m':
                    manifest = reader.GetString();
                    break;
                default:
                    int start = (int)reader.TokenStartIndex;
                    reader.Skip();
                    if (key == (byte)'p')
                    {
                        payload = bytes[start..(int)reader.BytesConsumed];
                    }

                    break;
            }
        }

        if (reader.Read())
        {
            throw new FormatException("something follows its end");
        }

        bool carries = Need(kind, "k") is FrameKind.Message or FrameKind.Volatile or FrameKind.Ask or FrameKind.Answer;
        if (carries && payload.IsEmpty)
        {
            throw new FormatException("it carries a message but has no 'p'");
        }

        return new Frame(
            Need(kind, "k"),
            Need(from, "f"),
            Need(to, "t"),
            Need(number, "s"),
            Need(epoch, "e"),
            HybridTimestamp.Parse(Need(stamp, "h")),
            carries ? Need(manifest, "m") : null,
            carries ? payload.ToArray() : [],
            acknowledged,
            isResent);
    }

    private static T Need<T>(T? value, string key)
        where T : struct => value ?? throw new FormatException($"it has no '{key}'");

    private static string Need(string? value, string key) => value ?? throw new FormatException($"it has no '{key}', or null there");

    private static string KindName(FrameKind kind) => kind switch
    {
        FrameKind.Message => "m",
        FrameKind.Acknowledgement => "a",
        FrameKind.Gap => "g",
        FrameKind.Volatile => "v",
        FrameKind.Tick => "t",
        FrameKind.Ask => "q",
        FrameKind.Answer => "r",
        FrameKind.Grant => "y",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static FrameKind KindOf(string? name) => name switch
    {
        "m" => FrameKind.Message,
        "a" => FrameKind.Acknowledgement,
        "g" => FrameKind.Gap,
        "v" => FrameKind.Volatile,
        "t" => FrameKind.Tick,
        "q" => FrameKind.Ask,
        "r" => FrameKind.Answer,
        "y" => FrameKind.Grant,
        _ => throw new FormatException($"'{name}' is no kind of frame"),
    };
}
