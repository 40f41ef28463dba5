using System.Xml.Linq;
using NUnit.Framework;

namespace Eco.Tests.Architecture;

/// <summary>Actor code takes time, chance, threads and files from its ports, so that it runs in both worlds.</summary>
public sealed class ActorCodeTests
{
    private const string Actors = "Eco.Actors";

    [Test]
    public void Actors_WhenCompiled_UseNoBannedSymbol()
    {
        using var assembly = new AssemblyScan(Actors);

        Assert.That(BannedUse.In(assembly), Is.Empty);
    }

    [Test]
    public void Scan_WhenAnAssemblyUsesBannedSymbols_FindsThem()
    {
        // This very assembly: the tests read the clock and the disk.
        _ = DateTimeOffset.UtcNow;
        using var assembly = new AssemblyScan("Eco.Tests");

        Assert.That(BannedUse.In(assembly), Is.SupersetOf(new[] { "System.DateTimeOffset.get_UtcNow", "System.IO.File" }));
    }

    [Test]
    public void Actors_WhenCompiled_HaveNoAsyncMethod()
    {
        using var assembly = new AssemblyScan(Actors);

        Assert.That(AsyncMethods(assembly), Is.Empty);
    }

    [Test]
    public async Task Scan_WhenAnAssemblyHasAsyncMethods_FindsThem()
    {
        await Task.CompletedTask;
        using var assembly = new AssemblyScan("Eco.Tests");

        Assert.That(
            AsyncMethods(assembly), Has.Member($"{nameof(ActorCodeTests)}.{nameof(Scan_WhenAnAssemblyHasAsyncMethods_FindsThem)}"));
    }

    [Test]
    public void Analyzer_WhenActorsAreBuilt_TurnsBannedSymbolsIntoErrors()
    {
        XDocument project = XDocument.Load(Path.Combine(Repository.Root, Actors, Actors + ".csproj"));
        XDocument common = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props"));

        Assert.That(Includes(project, "PackageReference"), Has.Member("Microsoft.CodeAnalysis.BannedApiAnalyzers"));
        Assert.That(Includes(project, "AdditionalFiles"), Has.Member("BannedSymbols.txt"));
        Assert.That((string?)common.Descendants("TreatWarningsAsErrors").Single(), Is.EqualTo("true"));
        Assert.That(
            SourceFiles.In(Actors).Where(file => file.Text.Contains("RS0030", StringComparison.Ordinal)).Select(file => file.Name),
            Is.Empty,
            "the rule is switched off here");
    }

    private static IEnumerable<string?> Includes(XDocument project, string item) =>
        project.Descendants(item).Select(element => (string?)element.Attribute("Include"));

    private static IEnumerable<string> AsyncMethods(AssemblyScan assembly) => assembly.MethodsWith(
        "System.Runtime.CompilerServices.AsyncStateMachineAttribute",
        "System.Runtime.CompilerServices.AsyncIteratorStateMachineAttribute");
}
