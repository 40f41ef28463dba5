using System.Xml.Linq;
using NUnit.Framework;

namespace Eco.Tests.Architecture;

/// <summary>Arrows point one way: Host -> Actors -> {Runtime, Engines, Schedulers}.</summary>
public sealed class ArrowTests
{
    private static readonly string[] Leaves = [];

    private static IEnumerable<TestCaseData> Projects =>
    [
        new("Eco.Runtime", Leaves),
        new("Eco.Engines", Leaves),
        new("Eco.Schedulers", Leaves),
        new("Eco.Actors", new[] { "Eco.Runtime", "Eco.Engines", "Eco.Schedulers" }),
        new("Eco.Host", new[] { "Eco.Actors", "Eco.Runtime", "Eco.Engines", "Eco.Schedulers" }),
    ];

    [TestCaseSource(nameof(Projects))]
    public void Assembly_WhenCompiled_RefersOnlyDownTheArrows(string project, string[] allowed)
    {
        using var assembly = new AssemblyScan(project);

        Assert.That(assembly.References().Where(IsOurs), Is.SubsetOf(allowed));
    }

    [TestCaseSource(nameof(Projects))]
    public void ProjectFile_WhenRead_RefersOnlyDownTheArrows(string project, string[] allowed)
    {
        IEnumerable<string> references = XDocument.Load(Path.Combine(Repository.Root, project, project + ".csproj"))
            .Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!));

        Assert.That(references, Is.SubsetOf(allowed));
    }

    [Test]
    public void Solution_WhenRead_HoldsNoProjectWithoutAnArrow()
    {
        string[] known = [.. Projects.Select(project => (string)project.Arguments[0]!), "Eco.Tests", "Eco.Benchmarks"];

        IEnumerable<string> folders = Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
            .Select(path => Path.GetFileNameWithoutExtension(path));

        Assert.That(folders, Is.EquivalentTo(known));
    }

    private static bool IsOurs(string name) => name.StartsWith("Eco.", StringComparison.Ordinal);
}
