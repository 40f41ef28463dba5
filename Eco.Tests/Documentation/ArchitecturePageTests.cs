using System.Text.RegularExpressions;
using Eco.Tests.Architecture;
using NUnit.Framework;

namespace Eco.Tests.Documentation;

/// <summary>docs/architecture.md names the rooms and the actors that there are.</summary>
public sealed partial class ArchitecturePageTests
{
    private static readonly string[] Products = ["Eco.Runtime", "Eco.Engines", "Eco.Schedulers", "Eco.Actors", "Eco.Host"];
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.md"));

    private static HashSet<string> Rooms => [.. Room().Matches(Page).Select(room => room.Groups[1].Value)];

    [Test]
    public void Rooms_WhenThePageNamesThem_Exist() =>
        Assert.That(Rooms.Where(room => !Directory.Exists(Path.Combine(Repository.Root, room))), Is.Empty);

    [Test]
    public void Folders_WhenTheyHoldSources_AreNamedAsRooms()
    {
        IEnumerable<string> projects = Directory.EnumerateDirectories(Repository.Root, "Eco.*").Select(folder => Path.GetFileName(folder));
        IEnumerable<string> folders = Products.SelectMany(project => SourceFiles.In(project))
            .Select(file => file.Name.Split('/'))
            .Where(parts => parts.Length > 2)
            .Select(parts => $"{parts[0]}/{parts[1]}");

        Assert.That(projects.Concat(folders).Distinct().Except(Rooms), Is.Empty);
    }

    [Test]
    public void Entities_WhenTheDomainHasThem_AreNamedAsActors()
    {
        string[] entities = [.. SourceFiles.In("Eco.Actors").SelectMany(file => Entity().Matches(file.Text).Select(match => match.Groups[1].Value))];

        Assert.That(entities, Is.Not.Empty);
        Assert.That(entities.Where(entity => !Page.Contains($"| `{entity}`", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void Events_WhenThePathOfAnUpdateNamesThem_AreRegistered()
    {
        int start = Page.IndexOf("## The path of one model update", StringComparison.Ordinal);
        string path = Page[start..Page.IndexOf("\n## ", start + 1, StringComparison.Ordinal)];
        string[] events = [.. Bracketed().Matches(path).SelectMany(list => Word().Matches(list.Value)).Select(word => word.Value).Distinct()];
        string sources = string.Concat(SourceFiles.In("Eco.Actors", "EcoManifests.cs").Select(file => file.Text));

        Assert.That(events, Has.Length.GreaterThan(10));
        Assert.That(events.Where(name => !sources.Contains($"json.{name})", StringComparison.Ordinal)), Is.Empty);
    }

    [GeneratedRegex(@"^\| `([\w./]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Room();

    [GeneratedRegex(@"class (\w+) : EntityActor<")]
    private static partial Regex Entity();

    [GeneratedRegex(@"`\[[^\]]+\]`")]
    private static partial Regex Bracketed();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
