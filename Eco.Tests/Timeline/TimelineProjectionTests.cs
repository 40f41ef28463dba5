using System.Collections.Immutable;
using Eco.Actors;
using Eco.Actors.Ions;
using Eco.Actors.Ions.Nodes;
using Eco.Actors.Timeline;
using Eco.Tests.Messages;
using NUnit.Framework;

namespace Eco.Tests.Timeline;

public sealed class TimelineProjectionTests
{
    private static readonly string[] Entities = ["ion/f", "ion/f/edge", "models/f", "proxy/e1", "directory", "agent/e1/1", "", "a/b/c/d"];

    private static IEnumerable<object> Samples => EcoManifests.Registry.Manifests
        .Select(manifest => SampleMaker.Make(EcoManifests.Registry.TypeOf(manifest)));

    [TestCaseSource(nameof(Samples))]
    public void Project_WhenGivenAnyRegisteredTypeOfAnyEntity_DoesNotThrow(object message)
    {
        foreach (string entity in Entities)
        {
            ImmutableArray<TimelineChange> changes = TimelineProjection.Project(entity, message);

            Assert.That(changes.IsDefault, Is.False);
            Assert.That(changes.OfType<EventNoted>().Select(note => note.Text), Is.All.Not.Empty.And.All.Not.Contains("\n"));
            Assert.That(changes.OfType<EventNoted>().Select(note => note.Kind), Is.All.Match("^[a-z]+(-[a-z]+)*$"));
        }
    }

    [TestCase("ion/f", "ion.submitted/1", "ion-submitted")]
    [TestCase("ion/f", "ion.hold-changed/1", "ion-paused")]
    [TestCase("ion/f", "ion.deleted/1", "ion-deleted")]
    [TestCase("ion/f", "ion.nodes-mapped/1", "node-mapped")]
    [TestCase("ion/f", "ion.node-finished/1", "node-finished")]
    [TestCase("ion/f", "ion.completed/1", "ion-completed")]
    [TestCase("ion/f/n", "node.retired/1", "node-removed")]
    [TestCase("ion/f/n", "node.instance-moved/1", "instance-stopped")]
    [TestCase("ion/f/n", "node.run-asked/1", "run-asked")]
    [TestCase("ion/f/n", "node.run-abandoned/1", "run-failed")]
    [TestCase("ion/f/n", "node.model-in-use/1", "model-applied")]
    [TestCase("ion/f/n", "node.model-turned-down/1", "model-refused")]
    [TestCase("ion/f/n", "node.notice-seen/1", "alert")]
    [TestCase("ion/f/n", "node.model-held/1", "model-waiting")]
    [TestCase("ion/f/n", "node.model-decided/1", "model-approved")]
    [TestCase("ion/f/n", "merge.round-opened/1", "round-opened")]
    [TestCase("ion/f/n", "merge.update-received/1", "update-received")]
    [TestCase("ion/f/n", "merge.update-left-out/1", "update-left-out")]
    [TestCase("ion/f/n", "merge.round-overdue/1", "round-overdue")]
    [TestCase("ion/f/n", "merge.round-closed/1", "round-closed")]
    [TestCase("ion/f/n", "merge.round-voided/1", "round-void")]
    [TestCase("ion/f/n", "merge.round-merged/1", "round-merged")]
    [TestCase("models/f", "model.added/1", "model-registered")]
    [TestCase("proxy/e1", "agent.joined/1", "agent-joined")]
    [TestCase("proxy/e1", "agent.reachable/1", "agent-reachable")]
    [TestCase("proxy/e1", "agent.unreachable/1", "agent-unreachable")]
    [TestCase("proxy/e1", "agent.model-superseded/1", "model-superseded")]
    [TestCase("proxy/e1", "agent.command-superseded/1", "command-superseded")]
    public void Project_WhenPeopleCareAboutAnEvent_HasALineForIt(string entity, string manifest, string kind)
    {
        object sample = SampleMaker.Make(EcoManifests.Registry.TypeOf(manifest));

        Assert.That(TimelineProjection.Project(entity, sample).OfType<EventNoted>().Select(note => note.Kind), Has.Member(kind));
    }

    [Test]
    public void Project_WhenAnIonResumes_SaysThatItRuns() =>
        Assert.That(
            TimelineProjection.Project("ion/f", new IonHoldChanged(false)).OfType<IonChanged>().Single().State, Is.EqualTo("running"));

    [Test]
    public void Project_WhenANodeIsRetired_RemovesAllItsInstances() =>
        Assert.That(
            TimelineProjection.Project("ion/f/n", new NodeRetired()).OfType<InstanceChanged>().Single(),
            Is.EqualTo(new InstanceChanged("f", "n", "*", "removed", string.Empty)));
}
