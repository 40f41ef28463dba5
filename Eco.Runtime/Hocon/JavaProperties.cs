using System.Globalization;
using System.Text;

namespace Eco.Runtime.Hocon;

/// <summary>
/// Java properties files, which HOCON documents may include (specification: "Java properties mapping"). Keys are split at each dot, empty
/// elements kept; values are always strings; where a key is both an object and a string, the object wins.
/// </summary>
internal static class JavaProperties
{
    public static HoconObject Read(string text, string file, HoconSession session)
    {
        var root = new HoconObject(HoconSource.At(new HoconPosition(file, 1, 1)));
        int number = 0;
        var lines = new Queue<string>(text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n', '\r'));
        while (lines.TryDequeue(out string? line))
        {
            var position = HoconSource.At(new HoconPosition(file, ++number, 1));
            line = line.TrimStart(' ', '\t', '\f', '\ufeff');
            if (line.Length == 0 || line[0] is '#' or '!')
            {
                continue;
            }

            var logical = new StringBuilder(line);
            while (EndsInOddBackslashes(logical) && lines.TryDequeue(out string? more))
            {
                number++;
                logical.Length--;
                logical.Append(more.TrimStart(' ', '\t', '\f'));
            }

            ReadLine(root, logical.ToString(), position, session);
        }

        return root;
    }

    private static bool EndsInOddBackslashes(StringBuilder line)
    {
        int count = 0;
        while (count < line.Length && line[line.Length - 1 - count] == '\\')
        {
            count++;
        }

        return count % 2 == 1;
    }

    private static void ReadLine(HoconObject root, string line, HoconPlace position, HoconSession session)
    {
        int end = 0;
        while (end < line.Length && line[end] is not ('=' or ':' or ' ' or '\t' or '\f'))
        {
            end += line[end] == '\\' ? 2 : 1;
        }

        end = Math.Min(end, line.Length);
        int value = SkipBlanks(line, end);
        if (value < line.Length && line[value] is '=' or ':')
        {
            value = SkipBlanks(line, value + 1);
        }

        string[] path = Unescape(line[..end], position, session).Split('.');
        if (path.Length > session.Limits.MaxDepth)
        {
            session.Stop(position, $"the path leads more than {session.Limits.MaxDepth} objects deep", "limit max-depth");
            return;
        }

        Put(root, path, new HoconValue(HoconKind.String, Unescape(line[value..], position, session), position), position);
    }

    private static void Put(HoconObject target, ReadOnlySpan<string> path, HoconValue text, HoconPlace position)
    {
        for (; path.Length > 1; path = path[1..])
        {
            if (!target.TryGetValue(path[0], out var present) || present is not HoconObject inner)
            {
                inner = new HoconObject(position);
                target.Put(new HoconEntry(path[0], inner, position));
            }

            target = inner;
        }

        if (!target.TryGetValue(path[0], out var value) || value is not HoconObject)
        {
            target.Put(new HoconEntry(path[0], text, position));
        }
    }

    private static int SkipBlanks(string line, int at)
    {
        while (at < line.Length && line[at] is ' ' or '\t' or '\f')
        {
            at++;
        }

        return at;
    }

    private static string Unescape(string text, HoconPlace position, HoconSession session)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var plain = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                plain.Append(text[i]);
                continue;
            }

            if (++i == text.Length)
            {
                break;
            }

            if (text[i] != 'u')
            {
                plain.Append(text[i] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'f' => '\f', char other => other });
            }
            else if (i + 4 < text.Length && ushort.TryParse(text.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code))
            {
                plain.Append((char)code);
                i += 4;
            }
            else
            {
                session.Report(position, "\\u is not followed by four hexadecimal digits", "write \\u0041 for A");
                break;
            }
        }

        return plain.ToString();
    }
}
