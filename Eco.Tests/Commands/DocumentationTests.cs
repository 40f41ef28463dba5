using System.CommandLine;
using System.Reflection;
using Eco.Actors.Console;
using Eco.Host.Commands;
using Eco.Host.ConsoleSocket;
using Eco.Host.Output;
using NUnit.Framework;

namespace Eco.Tests.Commands;

/// <summary>docs/commands.md says what the program does.</summary>
public sealed class DocumentationTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "commands.md"));

    [Test]
    public void CommandsPage_WhenComparedWithTheTree_NamesEveryVerbAndOption()
    {
        IEnumerable<string> missing = Leaves(Tree(), "")
            .SelectMany(verb => verb.Command.Options
                .Where(option => option.Name is not ("--help" or "--version" or "--config"))
                .Select(option => option.Name)
                .Prepend($"`{verb.Path}")
                .Where(name => !Page.Contains(name, StringComparison.Ordinal)));

        Assert.That(missing, Is.Empty);
    }

    [Test]
    public void CommandsPage_WhenComparedWithTheCode_ListsEveryExitCode()
    {
        IEnumerable<int> codes = typeof(ExitCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (int)field.GetRawConstantValue()!);

        Assert.That(codes.Where(code => !Page.Contains($"\n| {code} |", StringComparison.Ordinal)), Is.Empty);
        Assert.That(codes, Is.Unique);
    }

    [Test]
    public void ErrorCodes_WhenTurnedIntoExitCodes_DifferFromEachOther()
    {
        IEnumerable<int> codes = typeof(ConsoleErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => ExitCodes.Of(new ConsoleError((string)field.GetRawConstantValue()!, "", "")));

        Assert.That(codes, Is.Unique.And.All.GreaterThan(0));
    }

    [Test]
    public void Verbs_WhenTheyHaveAHelpText_DescribeEveryPart()
    {
        IEnumerable<string> silent = Leaves(Tree(), "")
            .SelectMany(verb => verb.Command.Options.Cast<Symbol>().Prepend(verb.Command).Where(part => string.IsNullOrEmpty(part.Description)).Select(part => $"{verb.Path} {part.Name}"));

        Assert.That(silent, Is.Empty);
    }

    private static Command Tree()
    {
        var io = new ConsoleIo(TextReader.Null, TextWriter.Null, TextWriter.Null, false, false, 80, false);
        var services = new CommandServices(io, TimeProvider.System, new CommandHarness.FakeRunner(), new ConsoleSocketOptions(), HandleSignals: false);
        return new EcoCommandLine(services).Root;
    }

    private static IEnumerable<(string Path, Command Command)> Leaves(Command command, string path) => command.Subcommands.SelectMany(sub =>
    {
        string inner = path.Length == 0 ? sub.Name : $"{path} {sub.Name}";
        return Leaves(sub, inner).Concat(sub.Action is null ? [] : [(inner, sub)]);
    });
}
