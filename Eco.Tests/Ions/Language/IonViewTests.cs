using System.Collections.Immutable;
using Eco.Actors.Ions;
using Eco.Actors.Ions.Language;
using Eco.Schedulers.Placement;
using NUnit.Framework;

namespace Eco.Tests.Ions.Language;

public sealed class IonViewTests
{
    [Test]
    public void RenderText_WhenTwoLevels_DrawsBoth()
    {
        const string Expected = """
            factory-kmeans - Federated k-means

            ┌─ edge  online on role edge, label line = 3, capability camera, at most 3; continuously, every 80ms
            │  source  source.moving-clusters
            │  └─rows─▶ scale  transform.standardise
            │     └─rows─▶ learn  train.kmeans
            │        └─prior as model─▶ score  infer.anomaly  (rows from scale.rows)
            └─ learn ═model, weak═▶ merge.combine

            ┌─ merge  online on role cloud; on each model; rounds of at least 2, deadline 5s, late: discard
            │  combine  merge.kmeans
            └─ combine ═model, eventual═▶ approve

            ┌─ approve  approval by an operator
            └─ ═model, eventual═▶ gate

            ┌─ gate  gate: edge learn.loss at-most 1.5
            └─ ═model, strong═▶ edge.learn

            """;

        Assert.That(IonGraphRenderer.RenderText(Read(Samples.Federated)), Is.EqualTo(Expected));
    }

    [Test]
    public void RenderMermaid_WhenTwoLevels_DrawsBoth()
    {
        const string Expected = """
            flowchart LR
              subgraph n0["edge: online on role edge, label line = 3, capability camera, at most 3; continuously, every 80ms"]
                n0_0["source<br/>source.moving-clusters"]
                n0_1["scale<br/>transform.standardise"]
                n0_2["learn<br/>train.kmeans"]
                n0_3["score<br/>infer.anomaly"]
                n0_0 -->|rows| n0_1
                n0_1 -->|rows| n0_2
                n0_2 -->|prior as model| n0_3
                n0_1 -->|rows| n0_3
              end
              subgraph n1["merge: online on role cloud; on each model; rounds of at least 2, deadline 5s, late: discard"]
                n1_0["combine<br/>merge.kmeans"]
              end
              n2{{"approve<br/>approval by an operator"}}
              n3{{"gate<br/>gate: edge learn.loss at-most 1.5"}}
              n0_2 ==>|model, weak| n1_0
              n1_0 ==>|model, eventual| n2
              n2 ==>|model, eventual| n3
              n3 ==>|model, strong| n0_2

            """;

        Assert.That(IonGraphRenderer.RenderMermaid(Read(Samples.Federated)), Is.EqualTo(Expected));
    }

    [Test]
    public void Compare_WhenPartsDiffer_NamesEach()
    {
        string text = Samples.Federated
            .Replace("decay = 0.95", "decay = 0.8", StringComparison.Ordinal)
            .Replace("deadline = 5s", "deadline = 9s", StringComparison.Ordinal)
            .Replace("approve { policy = approval }", "audit { policy = approval }", StringComparison.Ordinal)
            .Replace("= approve", "= audit", StringComparison.Ordinal)
            .Replace("consistency = weak", "consistency = eventual", StringComparison.Ordinal);

        var changes = IonDiff.Compare(Read(Samples.Federated), Read(text));

        Assert.That(changes.Select(c => c.ToString()), Is.EqualTo([
            "~ node edge: components.learn.decay: 0.95 -> 0.8",
            "~ node merge: rounds: quorum 2, deadline 5s, late discard -> quorum 2, deadline 9s, late discard",
            "+ node audit",
            "- node approve",
            "~ link edge.learn -> merge.combine (model): consistency: weak -> eventual",
            "+ link merge.combine -> audit (model)",
            "+ link audit -> gate (model)",
            "- link approve -> gate (model)",
            "- link merge.combine -> approve (model)",
        ]));
        Assert.That(changes[0].Node, Is.EqualTo("edge"));
    }

    [Test]
    public void Compare_WhenOnlyWrittenDifferently_FindsNothing()
    {
        string text = Samples.Federated
            .Replace("every = 80ms", "every = 80000 us", StringComparison.Ordinal)
            .Replace("role = cloud", "\"role\" : \"cloud\"", StringComparison.Ordinal)
            .Replace("clusters = 4, edge", "edge", StringComparison.Ordinal);

        Assert.That(IonDiff.Compare(Read(Samples.Federated), Read(text)), Is.Empty);
        Assert.That(IonDiff.AreSame(Read(Samples.Federated).Nodes[0], Read(text).Nodes[0]), Is.True);
    }

    [Test]
    public void Compare_WhenNothingRan_AllIsNew() =>
        Assert.That(IonDiff.Compare(null, Read(Samples.Federated)).Select(c => c.Kind).Distinct(), Is.EqualTo([IonChangeKind.Added]));

    [Test]
    public void CheckSelectors_WhenNoAgentFits_NamesTheClosest()
    {
        var result = IonParser.Parse(Samples.Federated, "f", Catalogue.Engines);
        AgentProfile[] agents =
        [
            Agent("cloud-1", "cloud"),
            Agent("edge-1", "edge"),
        ];

        var findings = IonValidator.CheckSelectors(result.Definition!, agents, result.Positions);

        Assert.That(findings.Single().ToString(), Is.EqualTo(
            "f:7:10: error: ion.nodes.edge.on: no agent meets role edge, label line = 3, capability camera, at most 3, engine online (closest: edge-1: label line is missing, not 3; capability camera is missing)"));
    }

    private static AgentProfile Agent(string id, string role) => new(id, "here", role, ImmutableSortedDictionary<string, string>.Empty, [], ["online"]);

    private static IonDefinition Read(string text)
    {
        var result = IonParser.Parse(text, "f", Catalogue.Engines);
        Assert.That(result.Diagnostics, Is.Empty);
        return result.Definition!;
    }
}
