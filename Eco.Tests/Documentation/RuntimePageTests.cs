using System.Reflection;
using System.Text.RegularExpressions;
using NUnit.Framework;

namespace Eco.Tests.Documentation;

/// <summary>docs/runtime.md names, for each promise, the tests that would fail without it, and each of them exists.</summary>
public sealed partial class RuntimePageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "runtime.md"));

    [Test]
    public void Promises_WhenThePageNamesTheirTests_HaveThem()
    {
        string[] rows = [.. Page.Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| promise", StringComparison.Ordinal) && !line.StartsWith("| limit ", StringComparison.Ordinal))];
        string[] without = [.. rows.Where(row => !row.StartsWith("| Not promised", StringComparison.Ordinal) && !Named().IsMatch(row))];
        string[] missing = [.. rows.SelectMany(row => Named().Matches(row)).Select(match => match.Groups[1].Value).Where(name => !IsTest(name)).Distinct()];

        Assert.That(rows, Has.Length.GreaterThan(30));
        Assert.That(without, Is.Empty, "a promise without a test");
        Assert.That(missing, Is.Empty, "a test that does not exist");
    }

    private static bool IsTest(string name)
    {
        string[] parts = name.Split('.');
        MethodInfo[] methods = [.. typeof(RuntimePageTests).Assembly.GetTypes()
            .Where(type => type.Name == parts[0] || type.Name.StartsWith(parts[0] + "`", StringComparison.Ordinal))
            .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Public))
            .Where(method => method.GetCustomAttributes().Any(attribute => attribute.GetType().Namespace!.StartsWith("NUnit", StringComparison.Ordinal) || attribute.GetType().Namespace!.StartsWith("FsCheck", StringComparison.Ordinal)))];
        return parts.Length == 1 ? methods.Length > 0 : methods.Any(method => method.Name == parts[1]);
    }

    [GeneratedRegex(@"`(\w+(?:Tests|Contract)(?:\.\w+)?)`")]
    private static partial Regex Named();
}
