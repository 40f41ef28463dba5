using System.CommandLine;
using System.Reflection;
using System.Text.RegularExpressions;
using Eco.Host.Commands;
using Eco.Host.ConsoleSocket;
using Eco.Host.Output;
using Eco.Tests.Architecture;
using Eco.Tests.Commands;
using NUnit.Framework;

namespace Eco.Tests.Documentation;

/// <summary>What the pages tell a reader to type can be typed.</summary>
public sealed partial class CommandLineOnPagesTests
{
    private static readonly string[] TestOptions = ["--fast", "--filter"];

    [Test]
    public void Pages_WhenTheyShowACommand_ShowOneThatParses()
    {
        Command root = Tree();
        (string Page, string Line)[] commands = [.. SourceFiles.In("", "*.md")
            .SelectMany(page => page.Text.Split('\n').SelectMany(line => Shown().Matches(Comment().Replace(line, ""))).Select(shown => (page.Name, shown.Groups[1].Value.Trim())))];

        Assert.That(commands.Where(command => command.Page == "README.md").ToArray(), Has.Length.GreaterThan(5));
        Assert.That(
            commands.Where(command => !Parses(root, command.Line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).Select(command => $"{command.Page}: {command.Line}"),
            Is.Empty);
    }

    [TestCase("demo --headless", true)]
    [TestCase("demo --headles", false)]
    [TestCase("ion shove x", false)]
    [TestCase("test --slow", false)]
    public void Commands_WhenParsed_AreTheProgrammesOwn(string line, bool parses) => Assert.That(Parses(Tree(), line.Split(' ')), Is.EqualTo(parses));

    [Test]
    public void CommandsPage_WhenItListsExitCodes_ListsThoseOfTheCode()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "commands.md"));
        int start = page.IndexOf("## Exit codes", StringComparison.Ordinal);
        string table = page[start..page.IndexOf("\n## ", start + 1, StringComparison.Ordinal)];

        Assert.That(
            ExitCodeRow().Matches(table).Select(row => int.Parse(row.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)),
            Is.EquivalentTo(typeof(ExitCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (int)field.GetRawConstantValue()!)));
    }

    private static bool Parses(Command root, string[] arguments) => arguments switch
    {
        [] => false,
        ["test", .. string[] options] => options.Where(option => option.StartsWith('-')).All(TestOptions.Contains),
        _ => root.Parse(arguments).Errors.Count == 0,
    };

    private static Command Tree()
    {
        var io = new ConsoleIo(TextReader.Null, TextWriter.Null, TextWriter.Null, false, false, 80, false);
        var services = new CommandServices(io, TimeProvider.System, new CommandHarness.FakeRunner(), new ConsoleSocketOptions(), HandleSignals: false);
        return new EcoCommandLine(services).Root;
    }

    // Whole lines of code blocks; several may be joined by &&.
    [GeneratedRegex(@"(?<=^|&& )\.\.?/eco ([^\[\]&]+?)(?= *(?:&&|$))")]
    private static partial Regex Shown();

    [GeneratedRegex(@" +#.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^\| (\d+) \|", RegexOptions.Multiline)]
    private static partial Regex ExitCodeRow();
}
