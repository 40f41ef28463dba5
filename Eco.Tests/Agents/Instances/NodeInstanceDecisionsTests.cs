using System.Collections.Immutable;
using Eco.Actors.Agents;
using Eco.Actors.Agents.Instances;
using Eco.Actors.Ions;
using Eco.Actors.Models;
using Eco.Engines.Abstractions;
using Eco.Runtime.Cluster;
using Eco.Tests.Ions;
using NUnit.Framework;

namespace Eco.Tests.Agents.Instances;

public sealed class NodeInstanceDecisionsTests
{
    private const string Agent = "agent/e1/1";
    private NodeInstanceState _state = NodeInstanceState.Empty;
    private ulong _seeds;

    [SetUp]
    public void Begin() => (_state, _seeds) = (NodeInstanceState.Empty, 0);

    [TestCase(0, 1)]
    [TestCase(1, 1)]
    [TestCase(2, 2)]
    [TestCase(3, 4)]
    [TestCase(6, 32)]
    [TestCase(7, 60)]
    [TestCase(int.MaxValue, 60)]
    public void Backoff_WhenFailuresAddUp_DoublesToTheLongest(int failures, int seconds) =>
        Assert.That(NodeInstanceDecisions.Backoff(RelaunchPolicy.Default, failures), Is.EqualTo(TimeSpan.FromSeconds(seconds)));

    [Test]
    public void Deploy_WhenTheGenerationIsNotNewer_KeepsWhatRuns()
    {
        Assert.That(Do(Domain.Deploy(2)).Sent<InstanceReported>(Agent).Single().State, Is.EqualTo(InstanceState.Deployed));

        Assert.That(Do(Domain.Deploy(2)).Events, Is.Empty);
        Assert.That(Do(Domain.Deploy(1)).Events, Is.Empty);
        Assert.That(_state.Seed, Is.EqualTo(1));
        Do(Domain.Deploy(3));
        Assert.That(_state.Seed, Is.EqualTo(2), "a new placement draws a new seed");
    }

    [Test]
    public void Undeploy_WhenItIsOfAFormerGeneration_IsIgnored()
    {
        Do(Domain.Deploy(2));

        Assert.That(Do(new UndeployNode("f", "edge", 1)).Events, Is.Empty);
        Do(new UndeployNode("f", "edge", 2));
        Assert.That((_state.Deployment, _state.WantsPipeline), Is.EqualTo(((DeployNode?)null, false)));
    }

    [Test]
    public void Break_WhenItHappensTooOftenInARow_QuarantinesWithTheReason()
    {
        Do(Domain.Deploy(1));
        for (int failure = 1; failure < RelaunchPolicy.Default.MaxFailures; failure++)
        {
            Do(new PipelineBroke("disk"));
            Assert.That((_state.LifeCycle, _state.Failures), Is.EqualTo((InstanceState.Failed, failure)));
        }

        Decision last = Do(new PipelineBroke("disk"));

        Assert.That(last.Sent<InstanceReported>(Agent).Single(), Is.EqualTo(
            new InstanceReported("f", "edge", "e1", 1, InstanceState.Quarantined, "failed 5 times in a row: disk")));
        Assert.That(_state.WantsPipeline, Is.False);
        Do(Domain.Deploy(2));
        Assert.That((_state.LifeCycle, _state.Failures), Is.EqualTo((InstanceState.Deployed, 0)), "a new version gets a new chance");
    }

    [Test]
    public void Step_WhenItGetsFurtherAfterFailures_ForgetsThem()
    {
        Do(Domain.Deploy(1));
        Do(new PipelineBroke("disk"));
        Do(new PipelineReady());

        Do(Mattered());
        Assert.That(_state.Failures, Is.EqualTo(1), "it may fail at the same row again");
        Do(Mattered() with { Checkpoint = new StoredCheckpoint(1, [1], null) });

        Assert.That((_state.LifeCycle, _state.Failures), Is.EqualTo((InstanceState.Running, 0)));
    }

    [Test]
    public void Step_WhenModelsAreEmitted_NumbersThemWithTheirCheckpointInOneDecision()
    {
        Do(Domain.Deploy(1));
        var checkpoint = new StoredCheckpoint(7, [1], null);

        Do(Mattered(models: 2) with { Checkpoint = checkpoint });
        Decision second = Do(Mattered(models: 1));

        Assert.That(_state.Checkpoint, Is.EqualTo(checkpoint));
        Assert.That(second.Sent<ModelEmitted>(Agent).Single().Emission, Is.EqualTo(3));
        Assert.That(second.Sent<ModelEmitted>(Agent).Single().Model.Name, Is.EqualTo("edge.learn"));
    }

    [Test]
    public void Step_WhenAModelIsTooLargeForAFrame_HoldsItsReportUntilItsBytesAreAtTheServer()
    {
        Do(Domain.Deploy(1));
        StepMattered step = Mattered() with
        {
            Checkpoint = new StoredCheckpoint(1, [1], null),
            Models = [new EmittedModel("learn", new ModelArtifact("test", new byte[ModelReference.MaximumInlineBytes + 1], 1))],
        };

        Decision decision = Do(step);

        Assert.That(decision.Sent<ModelEmitted>(Agent), Is.Empty);
        Assert.That(_state.Checkpoint, Is.Not.Null, "its checkpoint stands");
        Decision next = Do(Mattered(models: 1));
        Decision ends = Do(Mattered() with { Finished = true });
        Decision noticed = Do(Mattered() with { Notices = [new EmittedNotice("learn", PortType.Alert, "hot")] });
        Assert.That(next.Sends.Concat(ends.Sends), Is.Empty, "nothing overtakes it");
        Assert.That(noticed.Sent<NoticeRaised>(Agent).Count(), Is.EqualTo(1), "but an alert waits for no model");

        Assert.That(Do(new UploadSucceeded(7)).Events, Is.Empty, "another emission");
        Decision released = Do(new UploadSucceeded(1));

        Assert.That(released.Sent<ModelEmitted>(Agent).Select(sent => (sent.Emission, sent.Model.Length, sent.Model.Content is null)), Is.EqualTo(new[] { (1L, 16385L, true), (2L, 0L, false) }));
        Assert.That(released.Sends[^1].Message, Is.InstanceOf<InstanceReported>());
        Assert.That(_state.HeldReports, Is.Null);
    }

    [Test]
    public void Step_WhenANewerModelOfTheComponentComes_LeavesOutAllThatWaitButTheOneUnderWay()
    {
        Do(Domain.Deploy(1) with { NewestModelOf = ["learn"] });
        for (int emission = 1; emission <= 4; emission++)
        {
            Do(Large(emission));
        }

        Assert.That(_state.HeldModels().Select(held => held.Emission), Is.EqualTo(new[] { 1, 4 }));
        Decision first = Do(new UploadSucceeded(1));
        Decision second = Do(new UploadSucceeded(4));

        Assert.That(first.Sent<ModelEmitted>(Agent).Concat(second.Sent<ModelEmitted>(Agent)).Sum(sent => sent.LeftOut), Is.EqualTo(2));
        Assert.That((_state.LeftOut, _state.HeldReports), Is.EqualTo((0L, (ImmutableArray<AgentReport>?)null)));
    }

    [Test]
    public void Step_WhenEveryModelCounts_LeavesNoneOut()
    {
        Do(Domain.Deploy(1));
        for (int emission = 1; emission <= 4; emission++)
        {
            Do(Large(emission));
        }

        Assert.That(_state.HeldModels().Select(held => held.Emission), Is.EqualTo(new[] { 1, 2, 3, 4 }));
    }

    [Test]
    public void Step_WhenTooManyReportsWait_LeavesOutTheOldestButTheFirst()
    {
        Do(Domain.Deploy(1));
        for (int emission = 1; emission <= NodeInstanceState.MaximumHeldReports + 1; emission++)
        {
            Do(Large(emission));
        }

        Assert.That(_state.HeldModels().Count(), Is.EqualTo(NodeInstanceState.MaximumHeldReports));
        Assert.That(_state.HeldModels().Take(2).Select(held => held.Emission), Is.EqualTo(new[] { 1, 3 }));
    }

    [Test]
    public void Upload_WhenItIsGivenUp_FailsItsRunAndLetsTheRestGo()
    {
        Do(Domain.Deploy(1, RunKind.Event));
        Run(1);
        Do(Large(1) with { RunId = 1 });
        Do(Mattered(models: 1));

        Decision given = Do(new UploadGivenUp(1, "too large"));

        Assert.That(given.Sent<RunFailed>(Agent).Single(), Is.EqualTo(new RunFailed("f", "edge", "e1", 1, "too large")));
        Assert.That(given.Sent<ModelEmitted>(Agent).Select(sent => (sent.Emission, sent.LeftOut)), Is.EqualTo(new[] { (2L, 1L) }));
    }

    [Test]
    public void Run_WhenItsModelsCannotBeHad_Fails()
    {
        Do(Domain.Deploy(1, RunKind.Event));
        Run(1);

        Assert.That(Do(new RunGivenUp(1, "gone")).Sent<RunFailed>(Agent).Single().Reason, Is.EqualTo("gone"));
        Assert.That(_state.Runs, Is.Empty);
    }

    private static StepMattered Large(int emission) => Mattered() with
    {
        Checkpoint = new StoredCheckpoint(emission, [1], null),
        Models = [new EmittedModel("learn", new ModelArtifact("test", [.. new byte[ModelReference.MaximumInlineBytes], .. BitConverter.GetBytes(emission)], 1))],
    };

    [Test]
    public void Step_WhenAStreamEnds_Succeeds()
    {
        Do(Domain.Deploy(1));

        Do(Mattered() with { Finished = true });

        Assert.That((_state.LifeCycle, _state.WantsPipeline), Is.EqualTo((InstanceState.Succeeded, false)));
    }

    [Test]
    public void Deliver_WhenVersionsComeInAnyOrder_NeverGoesBack()
    {
        Do(Domain.Deploy(1));
        long[] accepted = [.. new long[] { 2, 1, 2, 5, 3 }.Where(version => !Deliver(version).Events.IsEmpty)];
        Assert.That(accepted, Is.EqualTo(new[] { 2, 5 }));

        Do(new SwapSucceeded("learn", 2, 10));
        Assert.That(_state.InUse, Is.Empty, "2 was replaced before it was taken");
        Assert.That(Do(new SwapSucceeded("learn", 5, 10)).Sent<ModelTaken>(Agent).Single().Version, Is.EqualTo(5));
        Assert.That(_state.InUse["learn"], Is.EqualTo(5));
        Assert.That(Deliver(5).Events, Is.Empty);
        Assert.That(Deliver(4).Events, Is.Empty);
        Deliver(6);
        Assert.That(Do(new SwapRefused("learn", 6, "shape")).Sent<ModelRefused>(Agent).Single().Reason, Is.EqualTo("shape"));
        Assert.That((_state.Arrived.Count, _state.InUse["learn"]), Is.EqualTo((0, 5)));
    }

    [Test]
    public void Swap_WhenTheCheckpointIsOlder_IsRememberedForTheRelaunch()
    {
        Do(Domain.Deploy(1));
        Deliver(1);
        Do(new SwapSucceeded("learn", 1, 4));

        Assert.That(_state.SinceCheckpoint.Single().AtStep, Is.EqualTo(4));
        Do(Mattered() with { Checkpoint = new StoredCheckpoint(5, [1], null) });
        Assert.That(_state.SinceCheckpoint, Is.Empty);
    }

    [Test]
    public void Run_WhenItsIdWasSeen_IsMadeOnce()
    {
        Do(Domain.Deploy(1, RunKind.Event));
        Run(2);
        Assert.That(Run(2).Events, Is.Empty);
        Assert.That(Run(1).Events, Is.Empty);

        Do(Mattered(models: 1) with { RunId = 2 });

        Assert.That(_state.Runs, Is.Empty);
        Assert.That(Run(2).Events, Is.Empty, "also after it is done");
    }

    [Test]
    public void Run_WhenANewVersionIsDeployedBeforeItIsDone_IsStillMade()
    {
        Do(Domain.Deploy(1, RunKind.Event));
        Run(1);

        Do(Domain.Deploy(2, RunKind.Event));

        Assert.That(_state.Runs.Single().RunId, Is.EqualTo(1));
    }

    [Test]
    public void Run_WhenTheNewVersionRunsOnNoEvents_FailsSoThatNobodyWaitsForIt()
    {
        Do(Domain.Deploy(1, RunKind.Event));
        Run(1);

        Decision decision = Do(Domain.Deploy(2));

        Assert.That(decision.Sent<RunFailed>(Agent).Single().RunId, Is.EqualTo(1));
        Assert.That(_state.Runs, Is.Empty);
    }

    [Test]
    public void Run_WhenTheInstanceIsQuarantined_FailsAtOnceLikeThoseThatWaited()
    {
        Do(Domain.Deploy(1, RunKind.Event));
        Run(1);
        ImmutableArray<Decision> breaks = [.. Enumerable.Range(0, RelaunchPolicy.Default.MaxFailures).Select(_ => Do(new PipelineBroke("disk")))];

        Assert.That(breaks[^1].Sent<RunFailed>(Agent).Single().RunId, Is.EqualTo(1));
        Assert.That(Run(2).Sent<RunFailed>(Agent).Single().Reason, Does.StartWith("quarantined"));
        Assert.That(_state.Runs, Is.Empty);
    }

    [Test]
    public void Run_WhenTooManyWait_GivesUpTheOldest()
    {
        Do(Domain.Deploy(1, RunKind.Event));
        for (int run = 1; run <= NodeInstanceState.MaximumWaitingRuns; run++)
        {
            Run(run);
        }

        Decision decision = Run(NodeInstanceState.MaximumWaitingRuns + 1);

        Assert.That(decision.Sent<RunFailed>(Agent).Single().RunId, Is.EqualTo(1));
        Assert.That(_state.Runs, Has.Length.EqualTo(NodeInstanceState.MaximumWaitingRuns));
        Assert.That(_state.Runs[0].RunId, Is.EqualTo(2));
    }

    [Test]
    public void Decide_WhenNothingIsPlaced_IgnoresWhatIsStillOnItsWay()
    {
        Assert.That(Run(1).Events, Is.Empty);
        Assert.That(Do(new PipelineBroke("x")).Events, Is.Empty);
        Assert.That(Do(new PauseNode("f", "edge")).Events, Is.Empty);
    }

    [Test]
    public void Snapshot_WhenItIsStored_IsReportedAndForgottenOnceTheServerSaysSo()
    {
        Do(Domain.Deploy(1));

        Decision stored = Do(new SnapshotStored(500));
        Decision forgets = Do(new ForgetEvents("f", "edge", 500));

        Assert.That(stored.Sends.Select(send => send.Message).OfType<SnapshotTaken>().Single().UpTo, Is.EqualTo(500));
        Assert.That((stored.ForgetsUpTo, stored.Events.Length), Is.EqualTo((0L, 0)));
        Assert.That((forgets.ForgetsUpTo, forgets.Events.Length, forgets.Sends.Length), Is.EqualTo((500L, 0, 0)));
    }

    [Test]
    public void Pause_WhenItComesTwice_IsOneEvent()
    {
        Do(Domain.Deploy(1));

        Assert.That(Do(new PauseNode("f", "edge")).Events, Has.Length.EqualTo(1));
        Assert.That(Do(new PauseNode("f", "edge")).Events, Is.Empty);
        Do(Domain.Deploy(2));
        Assert.That(_state.Held, Is.True, "a new version does not end a pause");
        Do(new ResumeNode("f", "edge"));
        Assert.That(_state.Held, Is.False);
    }

    private Decision Run(long id) => Do(new RunNode("f", "edge", id, []));

    private Decision Deliver(long version) => Do(new DeliverModel("f", "edge", "learn", Domain.Model("merge.combine", version)));

    private static StepMattered Mattered(int models = 0) => new(
        1,
        null,
        [.. Enumerable.Range(0, models).Select(i => new EmittedModel("learn", new ModelArtifact("test", [(byte)i], 1)))],
        [],
        ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, double>>.Empty,
        0,
        false,
        false);

    private Decision Do(object command)
    {
        Decision decision = new NodeInstanceDecisions("e1", Agent, () => ++_seeds, Domain.At(1)).Decide(_state, command);
        _state = decision.Events.Aggregate(_state, (state, e) => state.Apply(e));
        return decision;
    }
}
