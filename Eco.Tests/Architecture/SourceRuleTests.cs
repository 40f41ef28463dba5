using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using NUnit.Framework;

namespace Eco.Tests.Architecture;

/// <summary>Rules of the house that the compiler does not check.</summary>
public sealed partial class SourceRuleTests
{
    private static readonly string[] Products = ["Eco.Runtime", "Eco.Engines", "Eco.Schedulers", "Eco.Actors", "Eco.Host"];

    [TestCaseSource(nameof(Products))]
    public void PublicTypes_WhenBuilt_AreDocumented(string project)
    {
        var documented = XDocument.Load(Path.Combine(AppContext.BaseDirectory, project + ".xml"))
            .Descendants("member")
            .Select(member => (string)member.Attribute("name")!)
            .ToHashSet(StringComparer.Ordinal);
        using var assembly = new AssemblyScan(project);

        // What source generators add is documented by them or not at all.
        Assert.That(assembly.VisibleTypes().Where(type => !type.Contains('<', StringComparison.Ordinal) && !documented.Contains(type)), Is.Empty);
    }

    [TestCase("try { } catch { }", true)]
    [TestCase("try { } catch (IOException e) when (e is { HResult: 1 }) { /* why */ }", true)]
    [TestCase("try { } catch (IOException)\n{\n    // fine\n    return;\n}", false)]
    [TestCase("// catch { }\nvar s = \"catch { }\";", false)]
    public void EmptyCatch_WhenLookedFor_IsFoundOnlyInCode(string text, bool found) =>
        Assert.That(EmptyCatches(text).Any(), Is.EqualTo(found));

    [Test]
    public void Sources_WhenTheyCatch_DoSomethingAboutIt() =>
        Assert.That(
            Products.SelectMany(project => SourceFiles.In(project)).SelectMany(file => EmptyCatches(file.Text).Select(line => $"{file.Name}:{line}")),
            Is.Empty);

    [Test]
    public void Tests_WhenTheyWait_DoSoInOnePlace()
    {
        IEnumerable<string> sleepers = SourceFiles.In("Eco.Tests")
            .Where(file => file.Name != "Eco.Tests/Integration/Eventually.cs" && Sleep().IsMatch(SourceFiles.CodeOf(file.Text)))
            .Select(file => file.Name);

        Assert.That(sleepers, Is.Empty);
    }

    [Test]
    public void Tests_WhenNamed_StateABehaviour()
    {
        IEnumerable<string> vague = typeof(SourceRuleTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(method => method.GetCustomAttributes().Any(attribute => attribute is TestAttribute or TestCaseAttribute or TestCaseSourceAttribute))

            // What runs only when it is asked for by name is a tool.
            .Where(method => method.GetCustomAttribute<ExplicitAttribute>() is null)
            .Select(method => $"{method.DeclaringType!.Name}.{method.Name}")
            .Where(name => Vague().IsMatch(name) || !name.Contains('_', StringComparison.Ordinal));

        Assert.That(vague, Is.Empty);
    }

    [Test]
    public void Tests_WhenTheyHaveACategory_HaveOneThatTheLauncherKnows()
    {
        // Of a fixture's two a test would be in both runs of './eco test'.
        IEnumerable<string> wrong = SourceFiles.In("Eco.Tests")
            .Select(file => (file.Name, Categories: CategoryOf().Matches(file.Text).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal)))
            .Where(file => !file.Categories.IsSubsetOf(["Slow", "Process", "Cluster"]) || file.Categories.IsSupersetOf(["Process", "Cluster"]))
            .Select(file => $"{file.Name}: {string.Join(", ", file.Categories)}");

        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void Repository_WhenSearched_NamesNoPathOfOneMachine()
    {
        string[] texts = ["*.cs", "*.csproj", "*.props", "*.md", "*.conf", "*.json", "*.yml", "*.txt", "eco", "Dockerfile"];

        IEnumerable<string> found = texts.SelectMany(pattern => SourceFiles.In("", pattern))
            .Where(file => file.Name != "Eco.Tests/Architecture/SourceRuleTests.cs" && MachinePath().IsMatch(file.Text))
            .Select(file => $"{file.Name}: {MachinePath().Match(file.Text).Value}");

        Assert.That(found, Is.Empty);
    }

    [Test]
    public void Decisions_WhenListed_HaveANumberOfTheirOwnAndATitle()
    {
        SourceFile[] pages = [.. SourceFiles.In("docs/decisions", "*.md")];

        Assert.That(pages.Select(page => Path.GetFileName(page.Name)), Is.All.Match(@"^\d{4}-[a-z0-9]+(-[a-z0-9]+)*\.md$"));
        Assert.That(pages.Select(page => Path.GetFileName(page.Name)[..4]), Is.Unique);
        Assert.That(pages.Select(page => page.Text), Is.All.StartsWith("# "));
    }

    private static IEnumerable<int> EmptyCatches(string text)
    {
        string code = SourceFiles.CodeOf(text);
        foreach (Match match in Catch().Matches(code))
        {
            int at = Skip(code, match.Index + match.Length);
            while (at < code.Length && code[at] != '{')
            {
                // The declaration, and the filter with its own braces.
                at = code[at] == '(' ? Closing(code, at) + 1 : at + 1;
            }

            if (at < code.Length && code[Skip(code, at + 1)] == '}')
            {
                yield return code.AsSpan(0, match.Index).Count('\n') + 1;
            }
        }
    }

    private static int Skip(string code, int at)
    {
        while (at < code.Length - 1 && char.IsWhiteSpace(code[at]))
        {
            at++;
        }

        return at;
    }

    private static int Closing(string code, int at)
    {
        int depth = 0;
        for (; at < code.Length; at++)
        {
            depth += code[at] switch { '(' => 1, ')' => -1, _ => 0 };
            if (depth == 0)
            {
                break;
            }
        }

        return at;
    }

    [GeneratedRegex(@"\bcatch\b")]
    private static partial Regex Catch();

    [GeneratedRegex(@"\b(Thread\.Sleep|Task\.Delay(?!\(Timeout\.Infinite)|SpinWait)\b")]
    private static partial Regex Sleep();

    [GeneratedRegex(@"\bCategory(?:\(| = )""(\w+)""")]
    private static partial Regex CategoryOf();

    [GeneratedRegex(@"(_Ok|_Works|_Success|\.MainTest|\.Test\d*)$", RegexOptions.IgnoreCase)]
    private static partial Regex Vague();

    [GeneratedRegex(@"(?<![\w.~\-])/(work|root|home|Users)/[\w.]|[A-Z]:\\Users\\")]
    private static partial Regex MachinePath();
}
