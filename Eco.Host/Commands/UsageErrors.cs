using System.CommandLine;
using Eco.Actors.Console;
using Eco.Host.Output;

namespace Eco.Host.Commands;

/// <summary>Says what is wrong with a command line, and what was probably meant.</summary>
internal static class UsageErrors
{
    public static ConsoleError Describe(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string path = PathOf(parsed);
        string help = $"'{path} --help' shows what it takes";
        string[] verbs = [.. command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name)];
        if (parsed.UnmatchedTokens is [string word, ..])
        {
            bool option = word.StartsWith('-');
            IEnumerable<string> candidates = option
                ? OptionsOf(parsed)
                : command.Subcommands.SelectMany(sub => sub.Aliases.Append(sub.Name));
            string what = option ? "option" : verbs.Length > 0 ? "verb" : "argument";
            string? meant = Nearest.Of(word, candidates);
            return Usage(
                $"'{path}' knows no {what} '{word}'",
                meant is not null ? $"did you mean '{meant}'?" : what == "verb" ? $"the verbs are: {string.Join(", ", verbs)}" : help);
        }

        if (parsed.Action is not null && verbs.Length > 0 && command.Action is null)
        {
            return Usage($"'{path}' needs a verb", $"one of: {string.Join(", ", verbs)}");
        }

        string message = parsed.Errors.Count > 0 ? parsed.Errors[0].Message.TrimEnd('.') : "the command line is wrong";
        return Usage(message, help);
    }

    private static ConsoleError Usage(string cause, string cure) => new(ConsoleErrorCodes.Usage, cause, cure);

    private static string PathOf(ParseResult parsed)
    {
        var names = new List<string>();
        for (System.CommandLine.Parsing.SymbolResult? result = parsed.CommandResult; result is not null; result = result.Parent)
        {
            if (result is System.CommandLine.Parsing.CommandResult command)
            {
                names.Insert(0, result.Parent is null ? "eco" : command.Command.Name);
            }
        }

        return string.Join(' ', names);
    }

    private static IEnumerable<string> OptionsOf(ParseResult parsed) =>
        parsed.CommandResult.Command.Options
            .Concat(parsed.RootCommandResult.Command.Options.Where(option => option.Recursive))
            .SelectMany(option => option.Aliases.Append(option.Name));
}
