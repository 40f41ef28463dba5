using System.Text;

namespace Eco.Tests.Architecture;

/// <summary>A source file.</summary>
/// <param name="Name">Relative to the repository, with slashes.</param>
/// <param name="Text">Its text.</param>
internal sealed record SourceFile(string Name, string Text);

/// <summary>The repository's files, without what is built or generated.</summary>
internal static class SourceFiles
{
    private static readonly string[] Skipped = ["bin", "obj", ".git", ".eco", "TestResults", "BenchmarkDotNet.Artifacts", "shared"];

    public static IEnumerable<SourceFile> In(string folder, string pattern = "*.cs") =>
        Below(Path.Combine(Repository.Root, folder), pattern)
            .Select(path => new SourceFile(Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'), File.ReadAllText(path)));

    /// <summary>C# text with comments, texts and characters blanked, so that a search finds only code; places stay the same.</summary>
    public static string CodeOf(string text)
    {
        var code = new StringBuilder(text);
        int i = 0;
        while (i < text.Length)
        {
            int end = text[i] switch
            {
                '/' when At(text, i + 1) == '/' => LineEnd(text, i),
                '/' when At(text, i + 1) == '*' => After(text, i + 2, "*/"),
                '"' when At(text, i + 1) == '"' && At(text, i + 2) == '"' => After(text, i + 3, "\"\"\""),
                '@' when At(text, i + 1) == '"' => VerbatimEnd(text, i + 2),
                '$' when At(text, i + 1) == '@' && At(text, i + 2) == '"' => VerbatimEnd(text, i + 3),
                '"' => QuoteEnd(text, i + 1, '"'),
                '\'' => QuoteEnd(text, i + 1, '\''),
                _ => i,
            };
            if (end == i)
            {
                i++;
                continue;
            }

            for (; i < end; i++)
            {
                code[i] = text[i] == '\n' ? '\n' : ' ';
            }
        }

        return code.ToString();
    }

    private static IEnumerable<string> Below(string folder, string pattern)
    {
        foreach (string file in Directory.EnumerateFiles(folder, pattern))
        {
            yield return file;
        }

        foreach (string inner in Directory.EnumerateDirectories(folder).Where(inner => !Skipped.Contains(Path.GetFileName(inner))))
        {
            foreach (string file in Below(inner, pattern))
            {
                yield return file;
            }
        }
    }

    private static char At(string text, int i) => i < text.Length ? text[i] : '\0';

    private static int LineEnd(string text, int i) => text.IndexOf('\n', i) is var end and >= 0 ? end : text.Length;

    private static int After(string text, int i, string mark) =>
        text.IndexOf(mark, i, StringComparison.Ordinal) is var end and >= 0 ? end + mark.Length : text.Length;

    private static int VerbatimEnd(string text, int i)
    {
        while (i < text.Length && (text[i] != '"' || At(text, i + 1) == '"'))
        {
            i += text[i] == '"' ? 2 : 1;
        }

        return Math.Min(i + 1, text.Length);
    }

    private static int QuoteEnd(string text, int i, char quote)
    {
        while (i < text.Length && text[i] != quote && text[i] != '\n')
        {
            i += text[i] == '\\' ? 2 : 1;
        }

        return Math.Min(i + 1, text.Length);
    }
}
