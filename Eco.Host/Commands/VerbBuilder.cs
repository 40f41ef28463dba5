using System.CommandLine;
using Eco.Host.Output;

namespace Eco.Host.Commands;

/// <summary>Makes verbs whose actions get a <see cref="CommandScope"/>.</summary>
internal sealed class VerbBuilder(CommandServices services, GlobalOptions options)
{
    private const string FiguresFileName = "--json";

    public CommandServices Services { get; } = services;

    /// <summary>The option of a verb that measures: where to write its figures. That they can be written there is found out before the verb begins.</summary>
    public static Option<string?> FiguresFile() => new(FiguresFileName) { HelpName = "FILE", Description = "Also write the figures as JSON (docs/figures.md)" };

    /// <summary>A verb that does something.</summary>
    public Command Verb(string name, string description, IReadOnlyList<Symbol> parts, Func<CommandScope, Task<int>> run)
    {
        Command command = Group(name, description, parts);
        Option<string?>? figures = parts.OfType<Option<string?>>().FirstOrDefault(part => part.Name == FiguresFileName);
        command.SetAction((parsed, cancellation) =>
        {
            var scope = new CommandScope(parsed, Services, options, cancellation);
            if (figures is not null)
            {
                FiguresReport.RequireWritable(parsed.GetValue(figures));
            }

            return run(scope);
        });
        return command;
    }

    /// <summary>A verb that only holds others.</summary>
    public static Command Group(string name, string description, IReadOnlyList<Symbol> parts)
    {
        var command = new Command(name, description);
        foreach (Symbol part in parts)
        {
            switch (part)
            {
                case Argument argument:
                    command.Add(argument);
                    break;
                case Option option:
                    command.Add(option);
                    break;
                case Command verb:
                    command.Add(verb);
                    break;
                default:
                    throw new ArgumentException($"'{part.Name}' is no part of a verb", nameof(parts));
            }
        }

        return command;
    }
}
