using System.Text.RegularExpressions;
using Eco.Tests.Architecture;
using NUnit.Framework;

namespace Eco.Tests.Documentation;

/// <summary>Links between the pages lead somewhere.</summary>
public sealed partial class LinkTests
{
    [Test]
    public void Pages_WhenTheyLink_NameFilesAndSectionsThatExist()
    {
        (SourceFile Page, string Target)[] links = [.. SourceFiles.In("", "*.md").SelectMany(page => LinksOf(page.Text).Select(target => (page, target)))];

        Assert.That(links, Has.Length.GreaterThan(20));
        Assert.That(links.Where(link => !Leads(link.Page, link.Target)).Select(link => $"{link.Page.Name}: {link.Target}"), Is.Empty);
    }

    [TestCase("# A page\n\n## Add a component: one page\n", "add-a-component-one-page", true)]
    [TestCase("# A page\n\n## Exit codes\n", "exit-code", false)]
    [TestCase("```\n# not a heading\n```\n", "not-a-heading", false)]
    public void Sections_WhenLookedFor_AreFoundByTheirAnchors(string page, string anchor, bool found) =>
        Assert.That(AnchorsOf(page).Contains(anchor), Is.EqualTo(found));

    private static bool Leads(SourceFile page, string target)
    {
        if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal))
        {
            return true;
        }

        string[] parts = target.Split('#', 2);
        string path = parts[0].Length == 0
            ? Path.Combine(Repository.Root, page.Name)
            : Path.Combine(Repository.Root, Path.GetDirectoryName(page.Name)!, parts[0]);
        return parts.Length == 1 ? Path.Exists(path) : File.Exists(path) && AnchorsOf(File.ReadAllText(path)).Contains(parts[1]);
    }

    private static IEnumerable<string> LinksOf(string page) => Link().Matches(Fence().Replace(page, "")).Select(link => link.Groups[1].Value);

    private static HashSet<string> AnchorsOf(string page) =>
        [.. Heading().Matches(Fence().Replace(page, "")).Select(heading => NotInAnchor().Replace(heading.Groups[1].Value.Trim(), "").Replace(' ', '-').ToLowerInvariant())];

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#{1,6} (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^ *```.*?^ *```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
