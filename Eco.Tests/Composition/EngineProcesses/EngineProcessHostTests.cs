using System.Collections.Immutable;
using System.Diagnostics;
using Eco.Actors.Agents;
using Eco.Host.Composition.EngineProcesses;
using Eco.Host.Fleet;
using Eco.Runtime.Actors;
using Eco.Tests.Engines;
using Eco.Tests.Integration;
using Eco.Tests.Persistence.Contracts;
using Eco.Tests.Persistence.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace Eco.Tests.Composition.EngineProcesses;

/// <summary>Engine processes as processes. An agent that was killed is played by a host object that is left alone; its connection stays, which is harder.</summary>
[CancelAfter(120_000)]
[Category("Process")]
public sealed class EngineProcessHostTests
{
    private const string Instance = "agent/edge-1/1/ion/node";
    private TemporaryFolder _folder = null!;
    private readonly List<EngineProcessHost> _hosts = [];
    private readonly List<int> _pids = [];
    private long _correlation;

    private string Engines => _folder.File("engines");

    [SetUp]
    public void Make() => _folder = new TemporaryFolder();

    [TearDown]
    public async Task End()
    {
        foreach (EngineProcessHost host in _hosts)
        {
            await host.DisposeAsync();
        }

        _hosts.Clear();
        int[] orphans = [.. _pids.Where(pid => ProcessIdentity.Of(pid) is { IsAlive: true })];
        _pids.Clear();
        _folder.Dispose();
        Assert.That(orphans, Is.Empty, "no process outlives an orderly stop");
    }

    [Test]
    public async Task Agent_WhenItWasKilled_FindsItsPipelineWhereItIs()
    {
        EngineProcessHost first = Open();
        await DeployAsync(first, 0);
        EngineProcessRecord record = Record();
        object third = null!;
        for (int i = 0; i < 3; i++)
        {
            third = await StepAsync(first);
        }

        EngineProcessHost second = Open();
        var deployed = (PipelineDeployed)await DeployAsync(second, 0);
        object fourth = await StepAsync(second);

        Assert.Multiple(() =>
        {
            Assert.That(deployed.Resumed?.Steps, Is.EqualTo(3));
            Assert.That(Record(), Is.EqualTo(record), "the same process");
            Assert.That(record.RunIdOfProcess, Is.EqualTo(record.RunId));
            Assert.That(third, Is.InstanceOf<PipelineStepped>());
            Assert.That(fourth, Is.InstanceOf<PipelineStepped>());
        });
    }

    [Test]
    public async Task Orphan_WhenItHasAnotherRunId_IsEndedAndReplaced()
    {
        await DeployAsync(Open(), 0);
        EngineProcessRecord record = Record();
        record.Remove(Engines);
        (record with { RunId = "0123456789abcdef" }).Save(Engines);

        var deployed = (PipelineDeployed)await DeployAsync(Open(), 0);

        Assert.That(deployed.Resumed, Is.Null);
        await Eventually.HoldsAsync("the orphan ends", () => !record.Identity.IsAlive);
        Assert.That(Record().Pid, Is.Not.EqualTo(record.Pid));
    }

    [Test]
    public async Task Recycled_WhenTheIdIsAnotherProcesssNow_IsNotTouched()
    {
        using Process stranger = Process.Start("sleep", ["60"]);
        try
        {
            ProcessIdentity identity = ProcessIdentity.Of(stranger.Id)!;
            Directory.CreateDirectory(Engines);
            new EngineProcessRecord(Instance, "aaaa", stranger.Id, identity.StartTicks - 1, Path.Combine(Engines, "aaaa.sock")).Save(Engines);
            new EngineProcessRecord(Instance, "bbbb", stranger.Id, identity.StartTicks, Path.Combine(Engines, "bbbb.sock")).Save(Engines);

            var deployed = (PipelineDeployed)await DeployAsync(Open(), 0);

            Assert.That(deployed.Resumed, Is.Null);
            Assert.That(identity.IsAlive, Is.True, "neither by id, nor by id and start without a run id");
            Assert.That(EngineProcessRecord.LoadAll(Engines), Has.Count.EqualTo(1));
        }
        finally
        {
            stranger.Kill();
            await stranger.WaitForExitAsync();
        }
    }

    [Test]
    public async Task Process_WhenItIsKilled_FailsItsPipelineWithTheReasonAndIsReplacedAtTheNextDeployment()
    {
        EngineProcessHost host = Open();
        await DeployAsync(host, 0);
        EngineProcessRecord record = Record();
        Signals.Send(record.Identity, Signals.Kill);
        await Eventually.HoldsAsync("the end of the process", () => !record.Identity.IsAlive);

        object failed = await StepAsync(host);
        object deployed = await DeployAsync(host, 0);

        Assert.That(failed, Is.InstanceOf<PipelineFailed>().With.Property("Reason").Contain("has ended: signal 9"));
        Assert.That(deployed, Is.InstanceOf<PipelineDeployed>());
        Assert.That(await StepAsync(host), Is.InstanceOf<PipelineStepped>());
        Assert.That(Record().Pid, Is.Not.EqualTo(record.Pid));
    }

    [Test]
    public async Task Process_WhenItsAgentDoesNotComeBack_EndsItself()
    {
        using Process alone = Process.Start(EngineProgram.StartOf(_folder.File("s"), "run", new EngineProcessOptions { KeepFor = TimeSpan.FromMilliseconds(300) }))!;

        await Eventually.CompletesAsync("the end of the orphan", alone.WaitForExitAsync());

        Assert.That(alone.ExitCode, Is.Zero, "in order");
        Assert.That(File.Exists(_folder.File("s")), Is.False);
    }

    [Test]
    public async Task Process_WhenItIsLeftAndNobodyClaimsIt_EndsWithTheAgent()
    {
        await DeployAsync(Open(), 0);
        EngineProcessRecord record = Record();

        await Open().DisposeAsync();

        await Eventually.HoldsAsync("the end of the process", () => !record.Identity.IsAlive);
        Assert.That(Directory.EnumerateFileSystemEntries(Engines), Is.Empty);
    }

    [Test]
    public async Task Release_WhenThePipelineIsRemoved_EndsItsProcess()
    {
        EngineProcessHost host = Open();
        await DeployAsync(host, 0);
        EngineProcessRecord record = Record();

        host.Release(Instance);

        await Eventually.HoldsAsync("the end of the process", () => !record.Identity.IsAlive && !Directory.EnumerateFileSystemEntries(Engines).Any());
    }

    [Test]
    public async Task Start_WhenTheEnvironmentHoldsSecrets_DoesNotInheritThem()
    {
        Environment.SetEnvironmentVariable("ECO_TEST_CANARY", "secret");
        try
        {
            await DeployAsync(Open(), 0);
            string environment = await File.ReadAllTextAsync($"/proc/{Record().Pid}/environ");
            string command = await File.ReadAllTextAsync($"/proc/{Record().Pid}/cmdline");

            Assert.That(environment, Does.Not.Contain("CANARY").And.Not.Contain("PATH=").And.Contain("DOTNET_GCHeapHardLimit=40000000"));
            Assert.That(command.Split('\0'), Does.Contain(EngineProgram.Verb).And.Not.Contain("sh"));
        }
        finally
        {
            Environment.SetEnvironmentVariable("ECO_TEST_CANARY", null);
        }
    }

    private EngineProcessHost Open()
    {
        var host = new EngineProcessHost(
            ("edge-1", ImmutableSortedDictionary<string, string>.Empty.Add("edge-index", "0")),
            ".",
            Engines,
            new EngineProcessOptions(),
            TimeProvider.System,
            NullLogger.Instance);
        _hosts.Add(host);
        return host;
    }

    private EngineProcessRecord Record()
    {
        EngineProcessRecord record = EngineProcessRecord.LoadAll(Engines).Single();
        _pids.Add(record.Pid);
        return record;
    }

    private async Task<object> DeployAsync(EngineProcessHost host, long steps)
    {
        object outcome = await AskAsync(me => host.Deploy(new DeployPipeline(++_correlation, Instance, "online", Spec.Edge(emitEvery: 10), 7, null, steps, MayResume: true), me));
        Assert.That(outcome, Is.InstanceOf<PipelineDeployed>(), outcome.ToString());
        return outcome;
    }

    private Task<object> StepAsync(EngineProcessHost host) =>
        AskAsync(me => host.Step(new StepPipeline(++_correlation, Instance, [], false), me));

    private static async Task<object> AskAsync(Action<IActorRef> call)
    {
        var answers = new RecordingRef();
        call(answers);
        await Eventually.HoldsAsync("an answer of the engine host", () => answers.Messages.Count > 0);
        return answers.Messages.Single();
    }
}
