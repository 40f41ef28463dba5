using Eco.Actors.Ions;
using Eco.Actors.Ions.Language;
using NUnit.Framework;

namespace Eco.Tests.Ions.Language;

public sealed class IonParserTests
{
    [Test]
    public void Parse_WhenValid_GivesTheDefinitionWithDefaultsFilledIn()
    {
        var result = IonParser.Parse(Samples.Federated, "f", Catalogue.Engines);

        Assert.That(result.Diagnostics, Is.Empty);
        var ion = result.Definition!;
        Assert.That((ion.Id, ion.Title, result.Id), Is.EqualTo(("factory-kmeans", "Federated k-means", "factory-kmeans")));
        Assert.That(ion.Nodes.Select(n => n.Name), Is.EqualTo(["edge", "merge", "approve", "gate"]));
        var edge = ion.Nodes[0].Pipeline!;
        Assert.That(edge.Run, Is.EqualTo(new RunMode(RunKind.Continuous, TimeSpan.FromMilliseconds(80), null, OverlapPolicy.Skip, 1, null)));
        Assert.That((edge.On.Role, edge.On.Labels["line"], edge.On.Capabilities.Single(), edge.On.Limit), Is.EqualTo(("edge", "3", "camera", 3)));
        Assert.That(edge.Relaunch, Is.EqualTo(new RelaunchPolicy(TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(1), 3)));
        var learn = edge.Components.Components[2];
        Assert.That(learn.Settings.Select(s => $"{s.Key}={s.Value}"), Is.EqualTo(["clusters=4", "decay=0.95"]));
        Assert.That(learn.Inputs.Single().Value.ToString(), Is.EqualTo("scale.rows"));
        Assert.That(edge.Components.Components[3].Inputs.Select(i => $"{i.Key}={i.Value}"), Is.EqualTo(["model=learn.prior", "rows=scale.rows"]));
        Assert.That(ion.Nodes[1].Pipeline!.Rounds, Is.EqualTo(new MergeRounds(2, TimeSpan.FromSeconds(5), LateUpdatePolicy.Discard)));
        Assert.That(ion.Nodes[1].Pipeline!.Relaunch, Is.EqualTo(RelaunchPolicy.Default));
        Assert.That(ion.Nodes[3].Policy!.Gate, Is.EqualTo(new GateCondition("edge", "learn.loss", GateComparison.AtMost, 1.5)));
        Assert.That(ion.Links.Select(l => $"{l.From}>{l.To} {l.Consistency}"), Is.EqualTo(["edge.learn>merge.combine Weak", "merge.combine>approve Eventual", "approve>gate Eventual", "gate>edge.learn Strong"]));
    }

    [TestCase("header = off, paths = [a, b]", "header=false paths=[\"a\",\"b\"]")]
    [TestCase("paths { \"1\" = b, \"0\" = a }", "header=true paths=[\"a\",\"b\"]")]
    public void Parse_WhenSettingsOfSource_WritesCanonicalText(string settings, string expected) =>
        Assert.That(SettingsOf($"type = source.csv, {settings}"), Is.EqualTo(expected));

    [TestCase("decay = 1e-1", "clusters=4 decay=0.1")]
    [TestCase("clusters = \"7\"", "clusters=7 decay=0.9")]
    [TestCase("pause = 1500us", "clusters=4 decay=0.9 pause=1.5")]
    public void Parse_WhenSettingsOfTrainer_WritesCanonicalText(string settings, string expected) =>
        Assert.That(SettingsOf($"type = train.kmeans, from = s, {settings}", "s { type = source.moving-clusters }"), Is.EqualTo(expected));

    [Test]
    public void Parse_WhenNumberList_WritesJson() =>
        Assert.That(SettingsOf("type = transform.standardise, from = s, scales = [1, 2.50]", "s { type = source.moving-clusters }"), Is.EqualTo("scales=[1,2.5]"));

    [Test]
    public void Parse_WhenRootHoldsValuesForSubstitutions_UsesThem()
    {
        var result = IonParser.Parse("k = 7\n" + Samples.Federated.Replace("clusters = 4", "clusters = ${k}", StringComparison.Ordinal), "f", Catalogue.Engines);

        Assert.That(result.Definition!.Nodes[0].Pipeline!.Components.Components[0].Settings["clusters"], Is.EqualTo("7"));
    }

    [Test]
    public void Parse_WhenNamesHoldDots_FindsTheOneMeaning()
    {
        string text = Samples.Federated
            .Replace("    edge {", "    \"edge.a\" {", StringComparison.Ordinal)
            .Replace("from = edge.learn", "from = edge.a.learn", StringComparison.Ordinal)
            .Replace("to = edge,", "to = edge.a,", StringComparison.Ordinal)
            .Replace("node = edge", "node = edge.a", StringComparison.Ordinal);

        var result = IonParser.Parse(text, "f", Catalogue.Engines);

        Assert.That(result.Diagnostics, Is.Empty);
        Assert.That(result.Definition!.Links[0].From, Is.EqualTo(new LinkEnd("edge.a", "learn")));
    }

    [Test]
    public void Parse_WhenHoconIsWrong_ReportsItsErrors()
    {
        var result = IonParser.Parse("ion {\n  id = x:y\n", "f", Catalogue.Engines);

        Assert.That(result.Diagnostics.Select(d => d.Where), Is.EqualTo(["f:1:5", "f:2:9"]));
    }

    private static string SettingsOf(string component, string other = "")
    {
        var result = IonParser.Parse(
            $"ion {{ id = x, nodes {{ n {{ engine = online, on {{ role = edge }}, run {{ continuous {{}} }}, components {{ {other}\n c {{ {component} }} }} }} }} }}",
            "f",
            Catalogue.Engines);
        Assert.That(result.Diagnostics, Is.Empty);
        return string.Join(' ', result.Definition!.Nodes[0].Pipeline!.Components.Components[^1].Settings.Select(s => $"{s.Key}={s.Value}"));
    }
}
