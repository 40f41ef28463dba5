using System.Globalization;
using System.Text;

namespace Eco.Runtime.Hocon;

/// <summary>Writes a tree as text that parses to the same tree.</summary>
public static class HoconRenderer
{
    /// <summary>Writes a tree, one field or element a line, two blanks for each level.</summary>
    public static string Render(HoconNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        var text = new StringBuilder();
        Append(text, node, 0);
        return text.Append('\n').ToString();
    }

    internal static void AppendQuoted(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (char c in value)
        {
            switch (c)
            {
                case '"' or '\\':
                    text.Append('\\').Append(c);
                    break;
                case '\n':
                    text.Append("\\n");
                    break;
                case '\t':
                    text.Append("\\t");
                    break;
                case < ' ' or '\u007f' or '\ufeff':
                case var _ when char.IsSurrogate(c):
                    text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                    break;
                default:
                    text.Append(c);
                    break;
            }
        }

        text.Append('"');
    }

    private static void Append(StringBuilder text, HoconNode node, int indent)
    {
        switch (node)
        {
            case HoconObject { Count: 0 }:
                text.Append("{}");
                break;
            case HoconObject o:
                AppendBlock(text, indent, '{', '}', o, (field, depth) =>
                {
                    text.Append(HoconPath.Render(field.Key)).Append(field.Value is HoconObject { Count: > 0 } ? " " : " = ");
                    Append(text, field.Value, depth);
                });
                break;
            case HoconArray { Count: 0 }:
                text.Append("[]");
                break;
            case HoconArray a:
                AppendBlock(text, indent, '[', ']', a, (item, depth) => Append(text, item, depth));
                break;
            case HoconValue { Kind: HoconKind.String } value:
                AppendQuoted(text, value.Text);
                break;
            default:
                text.Append(((HoconValue)node).Text);
                break;
        }
    }

    private static void AppendBlock<T>(StringBuilder text, int indent, char open, char close, IEnumerable<T> entries, Action<T, int> append)
    {
        text.Append(open).Append('\n');
        foreach (var entry in entries)
        {
            text.Append(' ', 2 * (indent + 1));
            append(entry, indent + 1);
            text.Append('\n');
        }

        text.Append(' ', 2 * indent).Append(close);
    }
}
