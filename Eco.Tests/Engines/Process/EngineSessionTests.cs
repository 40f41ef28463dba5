using System.Collections.Immutable;
using Eco.Engines.Abstractions;
using Eco.Engines.Online;
using Eco.Engines.Process;
using NUnit.Framework;

namespace Eco.Tests.Engines.Process;

public sealed class EngineSessionTests
{
    private const int EmitEvery = 5;
    private static readonly ImmutableSortedDictionary<string, IEngine> Engines =
        ImmutableSortedDictionary<string, IEngine>.Empty.Add("online", new OnlineEngine());

    private EngineSession _session = null!;

    [SetUp]
    public void Begin() => _session = new EngineSession(Engines);

    [TearDown]
    public void End() => _session.Dispose();

    [Test]
    public void Resume_WhenTheAgentDiedBetweenCheckpoints_GoesOnFromTheStepThatItReached()
    {
        Create();
        Steps(EmitEvery + 3);

        ResumedPipeline resumed = Resume(EmitEvery)!;

        Assert.That((resumed.Steps, resumed.Swaps.Length, resumed.Unsettled), Is.EqualTo((EmitEvery + 3, 0, (StepTaken?)null)));
        Assert.That(_session.Steps, Is.EqualTo(EmitEvery + 3));
    }

    [Test]
    public void Resume_WhenTheLastOutcomeWasNotWrittenDown_HandsItOverAgain()
    {
        Create();
        StepTaken emitted = Steps(EmitEvery);

        ResumedPipeline lost = Resume(0)!;
        ResumedPipeline written = Resume(EmitEvery)!;

        Assert.That(emitted.Result.Models, Has.Length.EqualTo(1));
        Assert.That((lost.Steps, lost.Unsettled), Is.EqualTo((EmitEvery, emitted)));
        Assert.That((written.Steps, written.Unsettled), Is.EqualTo((EmitEvery, (StepTaken?)null)), "the agent has it");
    }

    [Test]
    public void Resume_WhenModelsWereSwapped_NamesThem()
    {
        Create();
        using IPipeline merge = Spec.Create(Spec.Of(Spec.Component("merge", "merge.kmeans")));
        ModelArtifact model = merge.Step(Spec.Models("merge", Steps(EmitEvery).Result.Models[0].Model)).Models[0].Model;
        Steps(1);
        Assert.That(_session.Answer(new SwapComponentModel("train", model)), Is.InstanceOf<ModelSwapped>());

        ResumedSwap swap = Resume(EmitEvery)!.Swaps.Single();

        Assert.That((swap.Component, swap.Hash, swap.AtStep), Is.EqualTo(("train", Eco.Actors.Models.ModelReference.HashOf(model.Content), EmitEvery + 1L)));
    }

    [Test]
    public void Resume_WhenTheAgentHasAnotherCheckpointOrPipeline_StartsFromTheCheckpoint()
    {
        Create();
        byte[] checkpoint = Steps(EmitEvery).Checkpoint!;
        Steps(2);

        Assert.That(Resume(EmitEvery - 1), Is.Null, "that step has no checkpoint");
        Assert.That(_session.Steps, Is.EqualTo(EmitEvery - 1));
        Create(checkpoint, EmitEvery);
        Steps(2);
        var other = (PipelineCreated)_session.Answer(Call(EmitEvery, mayResume: true) with { Spec = Spec.Edge(emitEvery: 7), Checkpoint = null });
        Assert.That(other.Resumed, Is.Null);
    }

    [Test]
    public void Step_WhenItFails_LeavesNothingToResume()
    {
        Create();
        Steps(1);
        EngineAnswer failed = _session.Answer(new TakeStep(Spec.Models("nobody", []), false));
        if (failed is CallFailed)
        {
            Assert.That(Resume(0), Is.Null);
        }

        Assert.That(_session.Answer(new SwapComponentModel("nobody", new ModelArtifact("kmeans/1", [1], 1))), Is.InstanceOf<CallFailed>());
        Assert.That(new EngineSession(Engines).Answer(new TakeStep(StepInput.Empty, false)), Is.InstanceOf<CallFailed>());
        Assert.That(
            _session.Answer(Call(0, mayResume: false) with { Engine = "torch" }),
            Is.InstanceOf<CallFailed>().With.Property("Reason").Contain("has no engine 'torch'; it has online"));
    }

    [Test]
    public void Steps_WhenTakenThroughASession_AreThoseOfThePipeline()
    {
        using IPipeline whole = Spec.Create(Spec.Edge(emitEvery: EmitEvery), Spec.EdgeContext(1));
        Create();
        for (int i = 0; i < 30; i++)
        {
            StepResult expected = whole.Step(StepInput.Empty);
            StepTaken taken = Steps(1);
            Assert.That(taken.Result.Statistics, Is.EqualTo(expected.Statistics));
            Assert.That(taken.Checkpoint, expected.Models.IsEmpty ? Is.Null : Is.EqualTo(whole.Checkpoint()));
            Resume(taken.Checkpoint is null ? i + 1 - ((i + 1) % EmitEvery) : i + 1);
        }
    }

    [Test]
    public void Codec_WhenAnythingWasEncoded_ReadsItBack()
    {
        Create();
        StepTaken taken = Steps(EmitEvery);
        var model = new ModelArtifact("kmeans/1", [1, 2, 3], 4.5);
        EngineCall[] calls =
        [
            new OpenSession("run"), Call(7, mayResume: true) with { Checkpoint = taken.Checkpoint }, new TakeStep(Spec.Models("merge", [model, model]), true),
            new SwapComponentModel("c", model), new EndSession(),
        ];
        EngineAnswer[] answers =
        [
            new SessionOpened("run", 4), new PipelineCreated(null), new PipelineCreated(new ResumedPipeline(9, [new ResumedSwap("c", "h", 8)], taken)),
            taken with { Result = taken.Result with { Notices = [new EmittedNotice("c", PortType.Alert, "x")] } }, new ModelSwapped(), new CallFailed("why"), new SessionEnded(),
        ];

        foreach (EngineCall call in calls)
        {
            byte[] bytes = EngineCodec.Encode(call);
            Assert.That(EngineCodec.Encode(EngineCodec.DecodeCall(bytes)), Is.EqualTo(bytes));
            Cut(bytes, cut => EngineCodec.DecodeCall(cut));
        }

        foreach (EngineAnswer answer in answers)
        {
            byte[] bytes = EngineCodec.Encode(answer);
            Assert.That(EngineCodec.Encode(EngineCodec.DecodeAnswer(bytes)), Is.EqualTo(bytes));
            Cut(bytes, cut => EngineCodec.DecodeAnswer(cut));
        }

        Assert.That(((TakeStep)EngineCodec.DecodeCall(EngineCodec.Encode(calls[2]))).Input.Models["merge"], Has.Length.EqualTo(2));
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(int.MaxValue)]
    public void Frame_WhenItsLengthCannotBe_IsRefusedBeforeAnythingIsAllocated(int length)
    {
        using var stream = new MemoryStream(BitConverter.GetBytes(length));

        Assert.That(async () => await EngineFrames.ReadAsync(stream, default), Throws.TypeOf<PipelineException>().With.Message.Contain("bytes long"));
    }

    private static void Cut(byte[] bytes, Action<byte[]> decode)
    {
        for (int length = 0; length < bytes.Length; length += Math.Max(1, bytes.Length / 50))
        {
            Assert.That(() => decode(bytes[..length]), Throws.TypeOf<PipelineException>());
        }
    }

    private static CreatePipeline Call(long steps, bool mayResume) =>
        new("online", Spec.Edge(emitEvery: EmitEvery), Spec.EdgeContext(1), null, steps, mayResume);

    private void Create(byte[]? checkpoint = null, long steps = 0) =>
        Assert.That(_session.Answer(Call(steps, mayResume: false) with { Checkpoint = checkpoint }), Is.EqualTo(new PipelineCreated(null)));

    private ResumedPipeline? Resume(long steps) => ((PipelineCreated)_session.Answer(Call(steps, mayResume: true))).Resumed;

    private StepTaken Steps(int count)
    {
        EngineAnswer last = null!;
        for (int i = 0; i < count; i++)
        {
            last = _session.Answer(new TakeStep(StepInput.Empty, false));
        }

        return (StepTaken)last;
    }
}
