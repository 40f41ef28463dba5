using System.CommandLine;
using Eco.Host.Output;
using Eco.Host.State;

namespace Eco.Host.Commands;

/// <summary>The options that every verb takes.</summary>
internal sealed class GlobalOptions
{
    public Option<string?> State { get; } = new("--state")
    {
        HelpName = "DIR",
        Description = $"The state directory (default: ./{StateDirectory.DefaultName})",
        Recursive = true,
    };

    public Option<OutputFormat> Format { get; } = new("--format")
    {
        HelpName = "text|json",
        Description = "How data is printed (default: text)",
        Recursive = true,
        CustomParser = result =>
        {
            string value = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            switch (value)
            {
                case "text":
                    return OutputFormat.Text;
                case "json":
                    return OutputFormat.Json;
                default:
                    result.AddError($"--format '{value}' is neither 'text' nor 'json'");
                    return OutputFormat.Text;
            }
        },
    };

    public Option<bool> Verbose { get; } = new("--verbose")
    {
        Description = "Show the details of errors",
        Recursive = true,
    };

    public Option<bool> NoColor { get; } = new("--no-color")
    {
        Description = "No colour and no drawing (also: the variable NO_COLOR)",
        Recursive = true,
    };

    public void AddTo(Command root)
    {
        root.Add(State);
        root.Add(Format);
        root.Add(Verbose);
        root.Add(NoColor);
    }

    public CommandOutput OutputOf(ParseResult parsed, ConsoleIo io) =>
        new(io, parsed.GetValue(Format), color: !parsed.GetValue(NoColor), parsed.GetValue(Verbose));
}
