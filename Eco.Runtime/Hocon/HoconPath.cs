using System.Text;

namespace Eco.Runtime.Hocon;

/// <summary>Paths such as <c>a.b."c.d"</c>, as they stand in keys and substitutions.</summary>
public static class HoconPath
{
    /// <summary>Splits a path into its elements.</summary>
    /// <exception cref="HoconException">The text is not a path.</exception>
    public static string[] Parse(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var session = new HoconSession(HoconOptions.Default);
        var elements = new HoconSyntaxParser(session, path, "path", [], 0).ReadOnlyPath();
        return elements ?? throw new HoconException([.. session.Diagnostics]);
    }

    /// <summary>Writes elements as a path; those that need quotes get them.</summary>
    public static string Render(params ReadOnlySpan<string> elements)
    {
        var text = new StringBuilder();
        foreach (string element in elements)
        {
            if (text.Length > 0)
            {
                text.Append('.');
            }

            if (IsPlain(element))
            {
                text.Append(element);
            }
            else
            {
                HoconRenderer.AppendQuoted(text, element);
            }
        }

        return text.ToString();
    }

    /// <summary>Whether an element means the same with and without quotes.</summary>
    internal static bool IsPlain(string element) =>
        element.Length > 0 && element != "include" && element.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
