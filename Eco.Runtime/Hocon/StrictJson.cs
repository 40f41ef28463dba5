using System.Text;
using System.Text.Json;

namespace Eco.Runtime.Hocon;

/// <summary>What a document named <c>.json</c> must also be: JSON without HOCON's additions, and without the same name twice in an object.</summary>
internal static class StrictJson
{
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    /// <summary>Checks a document; reports the first thing that is wrong.</summary>
    /// <returns>Whether it is JSON.</returns>
    public static bool Check(ReadOnlySpan<byte> content, string file, HoconSession session)
    {
        var text = content.StartsWith(ByteOrderMark) ? content[ByteOrderMark.Length..] : content;
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = session.Limits.MaxDepth });
        var names = new Stack<HashSet<string>?>();
        try
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject:
                        names.Push(new HashSet<string>(StringComparer.Ordinal));
                        break;
                    case JsonTokenType.StartArray:
                        names.Push(null);
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        names.Pop();
                        break;
                    case JsonTokenType.PropertyName when !names.Peek()!.Add(reader.GetString()!):
                        session.Report(PositionOf(text, (int)reader.TokenStartIndex, file), $"the name '{HoconConversions.Shorten(reader.GetString()!)}' stands twice in an object", "JSON has each name once; call the file .conf to merge them");
                        return false;
                }
            }

            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            int at = e is JsonException json
                ? LineStart(text, json.LineNumber ?? 0) + (int)(json.BytePositionInLine ?? 0)
                : (int)reader.TokenStartIndex;
            session.Report(PositionOf(text, Math.Min(at, text.Length), file), "this is not JSON, which a document named .json must be", "correct it, or call the file .conf to use HOCON");
            return false;
        }
    }

    private static int LineStart(ReadOnlySpan<byte> text, long line)
    {
        int at = 0;
        for (; line > 0; line--)
        {
            at += text[at..].IndexOf((byte)'\n') + 1;
        }

        return at;
    }

    private static HoconPosition PositionOf(ReadOnlySpan<byte> text, int at, string file)
    {
        var before = text[..at];
        int lineStart = before.LastIndexOf((byte)'\n') + 1;
        return new HoconPosition(file, before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[lineStart..]) + 1);
    }
}
