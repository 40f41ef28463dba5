using System.CommandLine;

namespace Eco.Host.Commands.Interactive;

/// <summary>The names that a running system knows, for completion.</summary>
/// <param name="Ions">ION ids.</param>
/// <param name="Agents">Agent ids.</param>
/// <param name="Models">Models as <c>ion/name@version</c>.</param>
internal sealed record KnownNames(IReadOnlyList<string> Ions, IReadOnlyList<string> Agents, IReadOnlyList<string> Models)
{
    public static KnownNames None { get; } = new([], [], []);
}

/// <summary>Completes the last word of a line: verbs and options from the command tree, values from what the system knows, files from the disk.</summary>
internal sealed class LineCompleter(Command root, IReadOnlyList<string> extraVerbs, Func<KnownNames> names)
{
    /// <summary>What the last word of the line can become, in order.</summary>
    public IReadOnlyList<string> Complete(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool begun = line.Length > 0 && line[^1] != ' ';
        string word = begun ? words[^1] : "";
        string[] before = begun ? words[..^1] : words;

        (Command command, string[] values) = Follow(before);
        string? last = before.Length > 0 ? before[^1] : null;
        IEnumerable<string> candidates;
        if (last is not null && OptionOf(command, last) is { } option && option.ValueType != typeof(bool))
        {
            candidates = ValuesOf(option.Name.TrimStart('-'), word);
        }
        else if (word.StartsWith('-'))
        {
            candidates = OptionsOf(command).Select(known => known.Name);
        }
        else if (command.Subcommands.Count > 0 && values.Length == 0)
        {
            candidates = command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name).Concat(command == root ? extraVerbs : []);
        }
        else
        {
            candidates = values.Length < command.Arguments.Count ? ValuesOf(command.Arguments[values.Length].Name, word) : [];
        }

        return [.. candidates.Where(candidate => candidate.StartsWith(word, StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal)];
    }

    private (Command Command, string[] Values) Follow(string[] words)
    {
        Command command = root;
        var values = new List<string>();
        for (int i = 0; i < words.Length; i++)
        {
            string word = words[i];
            if (word.StartsWith('-'))
            {
                // The value of an option is no argument.
                i += OptionOf(command, word) is { } option && option.ValueType != typeof(bool) ? 1 : 0;
            }
            else if (values.Count == 0 && command.Subcommands.FirstOrDefault(sub => sub.Name == word || sub.Aliases.Contains(word)) is { } sub)
            {
                command = sub;
            }
            else
            {
                values.Add(word);
            }
        }

        return (command, [.. values]);
    }

    private Option? OptionOf(Command command, string word) => OptionsOf(command).FirstOrDefault(option => option.Name == word || option.Aliases.Contains(word));

    private IEnumerable<Option> OptionsOf(Command command) =>
        command.Options.Concat(root.Options.Where(option => option.Recursive)).Where(option => !option.Hidden).Distinct();

    private IEnumerable<string> ValuesOf(string name, string word) => name switch
    {
        "ion" => names().Ions,
        "agent" => names().Agents,
        "model" => names().Models,
        "format" => ["text", "json"],
        "file" or "json" or "config" or "data" or "state" or "directory" => Files(word),
        _ => [],
    };

    private static IEnumerable<string> Files(string word)
    {
        string folder = word.LastIndexOf('/') is var slash and >= 0 ? word[..(slash + 1)] : "";
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder.Length == 0 ? "." : folder)
                .Select(path => folder + Path.GetFileName(path) + (Directory.Exists(path) ? "/" : ""))
                .Take(1_000)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
