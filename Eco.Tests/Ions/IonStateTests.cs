using Eco.Actors.Agents;
using Eco.Actors.Ions;
using Eco.Actors.Ions.Nodes;
using Eco.Runtime.Cluster;
using NUnit.Framework;

namespace Eco.Tests.Ions;

public sealed class IonStateTests
{
    private IonState _state = IonState.Empty;

    [SetUp]
    public void Begin() => _state = IonState.Empty;

    [Test]
    public void Submit_WhenALinkIsStrong_RefusesInTheseWordsAndChangesNothing()
    {
        IonDefinition definition = Domain.Federated();
        definition = definition with { Links = [definition.Links[0] with { Consistency = ConsistencyLevel.Strong }] };

        Decision decision = Do(new SubmitIon(definition, "text"));

        Assert.That(((IonRefused)decision.Reply!).Cause, Is.EqualTo("strong needs rollouts, which this version does not have"));
        Assert.That((decision.Events.Length, decision.Sends.Length), Is.EqualTo((0, 0)));
    }

    [Test]
    public void Submit_WhenItIsNew_ConfiguresEveryNodeAndAsksForAgents()
    {
        Decision decision = Submit(Domain.Federated());

        Assert.That(((IonAccepted)decision.Reply!).Version, Is.EqualTo(1));
        Assert.That(decision.Sent<TrackAgents>(AgentDirectoryActor.Id).Count(), Is.EqualTo(1));
        Assert.That(ConfigurationOf(decision, "merge").Agents, Is.Empty);
        Assert.That(ConfigurationOf(decision, "edge").MergeTargets, Is.EqualTo(new[] { "merge" }));
    }

    [Test]
    public void Submit_WhenNothingDiffers_SaysSoAndDoesNothing()
    {
        Submit(Domain.Federated());

        Decision decision = Submit(Domain.Federated());

        Assert.That(((IonAccepted)decision.Reply!).Changes, Is.Empty);
        Assert.That((decision.Events.Length, decision.Sends.Length, _state.Version), Is.EqualTo((0, 0, 1)));
    }

    [Test]
    public void Submit_WhenANodeIsGone_RetiresItAndSaysWhatChanged()
    {
        Submit(Domain.Federated());
        IonDefinition smaller = Domain.Federated();

        Decision decision = Submit(smaller with { Nodes = [smaller.Nodes[0]], Links = [] });

        Assert.That(decision.Sent<RetireNode>(IonNodeActor.IdOf("f", "merge")).Count(), Is.EqualTo(1));
        Assert.That(((IonAccepted)decision.Reply!).Changes, Has.Some.Contains("merge"));
        Assert.That(_state.Version, Is.EqualTo(2));
    }

    [Test]
    public void AgentAvailable_WhenItMeetsASelector_MapsItAndTellsTheNodes()
    {
        Submit(Domain.Federated());

        Decision decision = Do(new AgentAvailable(Domain.Profile("e1")));
        Do(new AgentAvailable(Domain.Profile("c1", "cloud")));

        Assert.That(ConfigurationOf(decision, "edge").Agents, Is.EqualTo(new[] { "e1" }));
        Assert.That(ConfigurationOf(decision, "merge").Upstream, Is.EqualTo(new[] { "e1" }), "the merge waits for the edges' models");
        Assert.That(_state.Mapping["merge"], Is.EqualTo(new[] { "c1" }));
        Assert.That(Do(new AgentAvailable(Domain.Profile("e1"))).Sends, Is.Empty, "the mapping is as before");
        Assert.That(Do(new AgentAvailable(Domain.Profile("x", "other"))).Sends, Is.Empty);
    }

    [Test]
    public void Pause_WhenItComesTwice_HoldsTheNodesOnce()
    {
        Submit(Domain.Federated());

        Assert.That(Do(new PauseIon()).Sent<HoldNode>(IonNodeActor.IdOf("f", "edge")).Count(), Is.EqualTo(1));
        Assert.That(Do(new PauseIon()).Sends, Is.Empty);
        Assert.That(Do(new ResumeIon()).Sent<ReleaseNode>(IonNodeActor.IdOf("f", "merge")).Count(), Is.EqualTo(1));
        Assert.That(_state.Held, Is.False);
    }

    [Test]
    public void Submit_WhenTheIonIsPaused_KeepsItPausedWithItsNewNodes()
    {
        IonDefinition definition = Domain.Federated();
        Submit(definition with { Nodes = [definition.Nodes[0]], Links = [] });
        Do(new PauseIon());

        Decision decision = Submit(definition);

        Assert.That(_state.Held, Is.True);
        Assert.That(decision.Events[^1], Is.EqualTo(new IonHoldChanged(true)), "the timeline shows it as paused");
        object[] toMerge = [.. decision.Sent<object>(IonNodeActor.IdOf("f", "merge"))];
        Assert.That(toMerge.Select(message => message.GetType()), Is.EqualTo(new[] { typeof(ConfigureNode), typeof(HoldNode) }));
        Assert.That(decision.Sent<HoldNode>(IonNodeActor.IdOf("f", "edge")), Is.Empty, "it is held already");
    }

    [Test]
    public void NodeFinished_WhenAllHaveFinished_CompletesTheIonOnce()
    {
        Submit(Domain.Federated());
        Do(new NodeFinished("edge", true));

        Assert.That(Do(new NodeFinished("merge", true)).Kinds(), Is.EqualTo(new[] { "IonNodeFinished", "IonCompleted" }));
        Assert.That(Do(new NodeFinished("merge", true)).Kinds(), Does.Not.Contain("IonCompleted"));
        Decision again = Do(new NodeFinished("merge", false));
        Assert.That(_state.Completed, Is.False);
        Assert.That(again.Kinds(), Does.Contain("IonHoldChanged"), "the timeline shows that it goes on");
        Assert.That(Do(new NodeFinished("stranger", true)).Events, Is.Empty);
    }

    [Test]
    public void Submit_WhenOnlyTheTitleOfACompletedIonDiffers_LeavesItCompleted()
    {
        Submit(Domain.Federated());
        Do(new NodeFinished("edge", true));
        Do(new NodeFinished("merge", true));

        Submit(Domain.Federated("another title"));

        Assert.That((_state.Version, _state.Completed), Is.EqualTo((2, true)));
    }

    [Test]
    public void Delete_WhenItRuns_RetiresAllAndAForgottenIonCanBeSubmittedAgain()
    {
        Submit(Domain.Federated());

        Decision decision = Do(new DeleteIon());

        Assert.That(decision.Sent<RetireNode>(IonNodeActor.IdOf("f", "edge")).Count(), Is.EqualTo(1));
        Assert.That(decision.Sent<UntrackAgents>(AgentDirectoryActor.Id).Count(), Is.EqualTo(1));
        Assert.That(Do(new DeleteIon()).Reply, Is.TypeOf<IonRefused>());
        Assert.That(Do(new PauseIon()).Reply, Is.TypeOf<IonRefused>());
        Assert.That(((IonAccepted)Submit(Domain.Federated()).Reply!).Version, Is.EqualTo(2), "versions go on");
    }

    [Test]
    public void Decide_WhenTheCommandIsNone_Throws() =>
        Assert.That(() => _state.Decide("f", "hello"), Throws.InvalidOperationException.With.Message.Contains("String"));

    private Decision Submit(IonDefinition definition) => Do(new SubmitIon(definition, "text"));

    private Decision Do(object command)
    {
        Decision decision = _state.Decide("f", command);
        _state = decision.Events.Aggregate(_state, (state, e) => state.Apply(e));
        return decision;
    }

    private static ConfigureNode ConfigurationOf(Decision decision, string node) =>
        decision.Sent<ConfigureNode>(IonNodeActor.IdOf("f", node)).Single();
}
