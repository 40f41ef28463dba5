using System.Reflection;
using System.Text.RegularExpressions;
using NUnit.Framework;

namespace Eco.Tests.Documentation;

/// <summary>docs/akka-differences.md names a test for each rule of Akka.NET that the kernel keeps, and each of them exists.</summary>
public sealed partial class AkkaDifferencesPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "akka-differences.md"));

    [Test]
    public void Rules_WhenThePageNamesTheirTests_HaveThem()
    {
        int start = Page.IndexOf("## Rules and their tests", StringComparison.Ordinal);
        Assert.That(start, Is.Positive, "the page has lost its table of rules");
        string[] rows = [.. Page[start..].Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1)];
        string[] without = [.. rows.Where(row => !Named().IsMatch(row))];
        string[] missing = [.. rows.SelectMany(row => Named().Matches(row)).Select(match => match.Groups[1].Value).Where(name => !IsTest(name))];

        Assert.That(rows, Has.Length.GreaterThan(100));
        Assert.That(without, Is.Empty, "a rule without a test");
        Assert.That(missing, Is.Empty, "a test that does not exist");
    }

    private static bool IsTest(string name)
    {
        string[] parts = name.Split('.');
        return typeof(AkkaDifferencesPageTests).Assembly.GetTypes()
            .Where(type => type.Name == parts[0])
            .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Public))
            .Any(method => method.Name == parts[1] && method.GetCustomAttributes().Any(attribute => attribute is TestAttribute or TestCaseAttribute));
    }

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex Named();
}
