using System.Text;

namespace Eco.Host.Fuzzing;

/// <summary>A stored event, message or snapshot as one input: the manifest and the timestamp, a line each, then the payload.</summary>
/// <param name="Manifest">The manifest.</param>
/// <param name="Timestamp">The hybrid timestamp as text.</param>
/// <param name="Payload">The payload.</param>
internal sealed record StoredRow(string Manifest, string Timestamp, byte[] Payload)
{
    public byte[] ToBytes() => [.. Encoding.UTF8.GetBytes($"{Manifest}\n{Timestamp}\n"), .. Payload];

    /// <summary>Any bytes are a row: what is missing is empty.</summary>
    public static StoredRow Of(ReadOnlySpan<byte> input)
    {
        ReadOnlySpan<byte> manifest = Line(ref input);
        ReadOnlySpan<byte> timestamp = Line(ref input);
        return new StoredRow(Encoding.UTF8.GetString(manifest), Encoding.UTF8.GetString(timestamp), input.ToArray());
    }

    private static ReadOnlySpan<byte> Line(ref ReadOnlySpan<byte> input)
    {
        int end = input.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? input : input[..end];
        input = end < 0 ? default : input[(end + 1)..];
        return line;
    }
}
