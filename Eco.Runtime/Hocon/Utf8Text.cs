using System.Text;

namespace Eco.Runtime.Hocon;

/// <summary>Bytes to text. Malformed UTF-8 is an error with a position, never a replacement character.</summary>
internal static class Utf8Text
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string? Decode(ReadOnlySpan<byte> content, string file, HoconSession session)
    {
        try
        {
            return Strict.GetString(content);
        }
        catch (DecoderFallbackException e)
        {
            var before = content[..Math.Clamp(e.Index, 0, content.Length)];
            int lineStart = before.LastIndexOf((byte)'\n') + 1;
            var position = new HoconPosition(file, before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[lineStart..]) + 1);
            session.Report(position, $"byte 0x{e.BytesUnknown?.FirstOrDefault():X2} is not UTF-8 here", "save the file as UTF-8");
            return null;
        }
    }
}
