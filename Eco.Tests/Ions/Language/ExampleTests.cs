using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Eco.Actors.Ions.Language;
using Eco.Engines.Abstractions;
using Eco.Engines.Online;
using Eco.Runtime.Hocon;
using NUnit.Framework;

namespace Eco.Tests.Ions.Language;

public sealed class ExampleTests
{
    private static IEnumerable<string> Examples() => Directory.GetFiles(Folder(), "*.conf").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);

    [TestCaseSource(nameof(Examples))]
    public void Example_WhenValidatedAgainstTheEnginesThatShip_HasNoFinding(string name)
    {
        var online = new OnlineEngine();
        var engines = new Dictionary<string, ImmutableArray<ComponentDescriptor>> { [online.Name] = online.Components };

        var result = IonParser.Read(HoconParser.TryParseFile(Path.Combine(Folder(), name)), name, engines);

        Assert.That(result.Diagnostics.Select(d => d.ToString()), Is.Empty);
        Assert.That(result.Definition!.Id, Is.EqualTo(Path.GetFileNameWithoutExtension(name)));
    }

    [Test]
    public void Examples_WhenListed_AreThere() => Assert.That(Examples(), Is.SupersetOf(["anomaly.conf", "approval.conf", "federated-kmeans.conf"]));

    [Test]
    public void Reference_WhenItsExampleIsRead_HasNoFinding()
    {
        string page = File.ReadAllText(Path.Combine(Folder(), "..", "docs", "ion-language.md"));
        string[] blocks = [.. page.Split("```hocon\n").Skip(1).Select(b => b[..b.IndexOf("```", StringComparison.Ordinal)])];
        var online = new OnlineEngine();

        Assert.That(blocks, Is.Not.Empty);
        foreach (string block in blocks)
        {
            var result = IonParser.Parse(block, "docs", new Dictionary<string, ImmutableArray<ComponentDescriptor>> { [online.Name] = online.Components });
            Assert.That(result.Diagnostics.Select(d => d.ToString()), Is.Empty);
        }
    }

    private static string Folder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "examples"));
}
