using System.Collections.Immutable;
using Eco.Schedulers.Placement;
using NUnit.Framework;

namespace Eco.Tests.Placement;

public sealed class SelectorMatcherTests
{
    private static readonly AgentProfile[] Agents =
    [
        Agent("edge-2", "north", "edge", "line=3", "camera"),
        Agent("edge-1", "north", "edge", "line=4"),
        Agent("edge-3", "south", "edge", "line=3,floor=1", "camera", "gpu"),
        Agent("cloud-1", "hall", "cloud", string.Empty),
    ];

    private static readonly AgentCriteria All = new([], null, null, ImmutableSortedDictionary<string, string>.Empty, [], null, 0);

    [Test]
    public void Match_WhenNothingIsAsked_GivesAllById() =>
        Assert.That(Ids(All), Is.EqualTo(["cloud-1", "edge-1", "edge-2", "edge-3"]));

    [Test]
    public void Match_WhenSeveralConditions_MeetsEachOfThem()
    {
        Assert.That(Ids(All with { Role = "edge" }), Is.EqualTo(["edge-1", "edge-2", "edge-3"]));
        Assert.That(Ids(All with { Role = "edge", Site = "north" }), Is.EqualTo(["edge-1", "edge-2"]));
        Assert.That(Ids(All with { Labels = Labels("line=3") }), Is.EqualTo(["edge-2", "edge-3"]));
        Assert.That(Ids(All with { Labels = Labels("line=3"), Capabilities = ["gpu"] }), Is.EqualTo(["edge-3"]));
        Assert.That(Ids(All with { Ids = ["edge-3", "cloud-1"] }), Is.EqualTo(["cloud-1", "edge-3"]));
        Assert.That(Ids(All with { Engine = "torch" }), Is.Empty);
    }

    [Test]
    public void Match_WhenLimited_TakesTheFirstById() =>
        Assert.That(Ids(All with { Role = "edge", Limit = 2 }), Is.EqualTo(["edge-1", "edge-2"]));

    [Test]
    public void Match_WhenNoneFits_NamesThoseThatFailLeast()
    {
        var match = SelectorMatcher.Match(All with { Role = "edge", Site = "hall", Labels = Labels("line=3"), Capabilities = ["camera"] }, Agents);

        Assert.That(match.Agents, Is.Empty);
        Assert.That(match.Closest.Select(c => c.ToString()), Is.EqualTo(["edge-2: site is north, not hall", "edge-3: site is south, not hall"]));
    }

    [Test]
    public void Match_WhenIdIsUnknown_NamesIt()
    {
        var match = SelectorMatcher.Match(All with { Ids = ["edge-9", "edge-1"] }, Agents);

        Assert.That(match.UnknownIds, Is.EqualTo(["edge-9"]));
        Assert.That(match.Agents.Single().Id, Is.EqualTo("edge-1"));
    }

    [Test]
    public void Match_WhenAgentsComeInAnotherOrder_GivesTheSame()
    {
        var criteria = All with { Site = "nowhere" };

        var one = SelectorMatcher.Match(criteria, Agents);
        var other = SelectorMatcher.Match(criteria, Agents.Reverse());

        Assert.That(other.Closest.Select(c => c.ToString()), Is.EqualTo(one.Closest.Select(c => c.ToString())));
    }

    [Test]
    public void Match_WhenThereAreNoAgents_GivesNothing() =>
        Assert.That(SelectorMatcher.Match(All, []).Closest, Is.Empty);

    private static IEnumerable<string> Ids(AgentCriteria criteria) => SelectorMatcher.Match(criteria, Agents).Agents.Select(a => a.Id);

    private static AgentProfile Agent(string id, string site, string role, string labels, params string[] capabilities) =>
        new(id, site, role, Labels(labels), [.. capabilities], ["online"]);

    private static ImmutableSortedDictionary<string, string> Labels(string labels) =>
        labels.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('=')).ToImmutableSortedDictionary(l => l[0], l => l[1]);
}
