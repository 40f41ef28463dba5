using System.CommandLine;

namespace Eco.Host.Commands;

/// <summary>Makes verbs whose actions get a <see cref="CommandScope"/>.</summary>
internal sealed class VerbBuilder(CommandServices services, GlobalOptions options)
{
    public CommandServices Services { get; } = services;

    /// <summary>A verb that does something.</summary>
    public Command Verb(string name, string description, IReadOnlyList<Symbol> parts, Func<CommandScope, Task<int>> run)
    {
        Command command = Group(name, description, parts);
        command.SetAction((parsed, cancellation) => run(new CommandScope(parsed, Services, options, cancellation)));
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
