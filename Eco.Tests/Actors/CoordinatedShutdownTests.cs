using Eco.Runtime.Actors;
using Eco.Runtime.Simulation;
using NUnit.Framework;

namespace Eco.Tests.Actors;

internal sealed class CoordinatedShutdownTests : ActorFixture
{
    private static readonly CoordinatedShutdown.Reason Reason = CoordinatedShutdown.UnknownReason.Instance;
    private readonly List<string> _log = [];

    [SetUp]
    public void Forget() => _log.Clear();

    protected override ActorSystemSettings Configure(ActorSystemSettings settings) => settings with
    {
        CoordinatedShutdownPhases = new Dictionary<string, ShutdownPhase>
        {
            ["first"] = new() { Timeout = TimeSpan.FromSeconds(1) },
            ["left"] = new() { DependsOn = ["first"] },
            ["right"] = new() { DependsOn = ["first"], Enabled = false },
            ["strict"] = new() { DependsOn = ["left", "right"], Recover = false, Timeout = TimeSpan.FromSeconds(2) },
            [CoordinatedShutdown.PhaseActorSystemTerminate] = new() { DependsOn = ["strict"] },
        },
    };

    private CoordinatedShutdown Shutdown => CoordinatedShutdown.Get(System);

    [Test]
    public void Phases_WhenTheyDepend_RunInThatOrderAndTheSystemEndsLast()
    {
        Log("strict");
        Log("left");
        Log("first");
        IActorRef actor = Spawn(new Probe.Script { OnPostStop = _ => _log.Add("actor stopped") });
        Run();
        Task done = Shutdown.Run(Reason);
        Run();

        Assert.That(_log, Is.EqualTo(new[] { "first", "left", "strict", "actor stopped" }));
        Assert.That((done.IsCompletedSuccessfully, System.WhenTerminated.IsCompletedSuccessfully), Is.EqualTo((true, true)));
        Assert.That(actor.Path.Name, Is.Not.Empty);
    }

    [Test]
    public void Tasks_OfOnePhase_RunTogetherAndTheNextPhaseWaitsForAll()
    {
        TaskCompletionSource one = new(), two = new();
        Shutdown.AddTask("first", "one", () => Begin("one", one.Task));
        Shutdown.AddTask("first", "two", () => Begin("two", two.Task));
        Log("left");
        _ = Shutdown.Run(Reason);
        two.SetResult();
        Assert.That(_log, Is.EqualTo(new[] { "one", "two" }));

        one.SetResult();
        Assert.That(_log, Is.EqualTo(new[] { "one", "two", "left" }));
    }

    [Test]
    public void Phase_WhenItsTimeIsOver_TheNextOneStarts()
    {
        Shutdown.AddTask("first", "endless", () => new TaskCompletionSource().Task);
        Log("left");
        Task done = Shutdown.Run(Reason);
        AdvanceSeconds(0.999);
        Assert.That(_log, Is.Empty);

        AdvanceSeconds(0.001);
        Assert.That(_log, Is.EqualTo(new[] { "left" }));
        Assert.That(done.IsCompletedSuccessfully);
    }

    [Test]
    public void Task_WhenItFailsInAPhaseThatRecovers_TheOthersAndTheNextPhaseRun()
    {
        Shutdown.AddTask("first", "throws", () => throw new InvalidOperationException("at once"));
        Shutdown.AddTask("first", "fails", () => Task.FromException(new InvalidOperationException("later")));
        Log("first");
        Log("left");
        Task done = Shutdown.Run(Reason);
        Run();

        Assert.That(_log, Is.EqualTo(new[] { "first", "left" }));
        Assert.That(done.IsCompletedSuccessfully);
    }

    [Test]
    public void Task_WhenItFailsInAPhaseThatDoesNotRecover_TheShutdownEndsThere()
    {
        Shutdown.AddTask("strict", "fails", () => Task.FromException(new InvalidOperationException("no")));
        Task done = Shutdown.Run(Reason);
        Run();

        Assert.That(done.Exception?.InnerException, Is.TypeOf<InvalidOperationException>());
        Assert.That(System.WhenTerminated.IsCompleted, Is.False);

        _ = System.Terminate();
        Run();
        Assert.That(System.WhenTerminated.IsCompletedSuccessfully, "otherwise the system could never end");
    }

    [Test]
    public void Phase_WhenItsTimeIsOverAndItDoesNotRecover_TheShutdownFails()
    {
        Shutdown.AddTask("strict", "endless", () => new TaskCompletionSource().Task);
        Task done = Shutdown.Run(Reason);
        AdvanceSeconds(2);

        Assert.That(done.Exception?.InnerException, Is.TypeOf<TimeoutException>().With.Message.Contains("'strict'"));
    }

    [Test]
    public void Phase_WhenDisabled_IsLeftOut()
    {
        Log("right");
        Log("strict");
        _ = Shutdown.Run(Reason);

        Assert.That(_log, Is.EqualTo(new[] { "strict" }));
    }

    [Test]
    public void Run_WhenCalledAgain_ChangesNothing()
    {
        Log("first");
        Task one = Shutdown.Run(new Maintenance("tonight"));
        Task two = Shutdown.Run(Reason);
        Run();

        Assert.That(two, Is.SameAs(one));
        Assert.That(_log, Is.EqualTo(new[] { "first" }));
        Assert.That(Shutdown.ShutdownReason, Is.EqualTo(new Maintenance("tonight")));
    }

    [Test]
    public void Run_WhenFromAPhase_LeavesOutThoseBefore()
    {
        Log("first");
        Log("strict");
        _ = Shutdown.Run(Reason, "left");

        Assert.That(_log, Is.EqualTo(new[] { "strict" }));
    }

    [Test]
    public void AddTask_WhileItRuns_ReachesOnlyLaterPhases()
    {
        Shutdown.AddTask("left", "adds", () =>
        {
            Log("first");
            Log("left");
            Log("strict");
            return Task.CompletedTask;
        });
        _ = Shutdown.Run(Reason);

        Assert.That(_log, Is.EqualTo(new[] { "strict" }));
    }

    [Test]
    public void AddTask_WhenThePhaseIsUnknown_IsRefused()
    {
        Assert.That(() => Log("frist"), Throws.ArgumentException.With.Message.Contains("'frist'").And.Message.Contains("first, left"));
        Assert.That(() => Shutdown.Run(Reason, "frist"), Throws.ArgumentException);
        Assert.That(Shutdown.ShutdownReason, Is.Null);
    }

    [Test]
    public void Terminate_WhenThereAreTasks_RunsThem()
    {
        Log("first");
        Task terminated = System.Terminate();
        Run();

        Assert.That(_log, Is.EqualTo(new[] { "first" }));
        Assert.That(terminated.IsCompletedSuccessfully);
        Assert.That(Shutdown.ShutdownReason, Is.EqualTo(CoordinatedShutdown.ActorSystemTerminateReason.Instance));
    }

    [Test]
    public void ActorTerminationTask_WhenThePhaseRuns_StopsTheActorAndWaitsForIt()
    {
        IActorRef slow = Spawn(new Probe.Script
        {
            OnReceive = (p, message) =>
            {
                if (message is "please stop")
                {
                    p.Timers.StartSingleTimer("stop", "now", TimeSpan.FromSeconds(0.5));
                }
                else
                {
                    p.Context.Stop(p.Self);
                }

                return true;
            },
            OnPostStop = _ => _log.Add("stopped"),
        });
        Run();
        Shutdown.AddActorTerminationTask("first", "slow", slow, "please stop");
        Log("left");
        _ = Shutdown.Run(Reason);
        AdvanceSeconds(0.4);
        Assert.That(_log, Is.Empty);

        AdvanceSeconds(0.1);
        Assert.That(_log, Is.EqualTo(new[] { "stopped", "left" }));
    }

    [Test]
    public void GracefulStop_WhenTheActorStopsInTime_CompletesAfterItsPostStop()
    {
        IActorRef actor = Spawn(new Probe.Script { OnPostStop = _ => _log.Add("stopped") });
        Task stopped = actor.GracefulStop(TimeSpan.FromSeconds(1));
        Assert.That(stopped.IsCompleted, Is.False);
        Run();
        Assert.That(_log, Is.EqualTo(new[] { "stopped" }));
        Assert.That(() => stopped.Wait(TimeSpan.FromSeconds(30)), Is.True);
    }

    [Test]
    public void GracefulStop_WhenTheActorDoesNotStop_TimesOut()
    {
        IActorRef actor = Spawn(new Probe.Script());
        Task stopped = actor.GracefulStop(TimeSpan.FromSeconds(1), "unheard");
        AdvanceSeconds(1);

        Assert.That(async () => await stopped, Throws.TypeOf<TimeoutException>());
    }

    [Test]
    public void Phases_WhenWrong_AreRefused()
    {
        static void Make(params (string Name, string[] DependsOn)[] phases) => ActorSystem.Create("wrong", new ActorSystemSettings
        {
            CoordinatedShutdownPhases = phases.ToDictionary(p => p.Name, p => new ShutdownPhase { DependsOn = p.DependsOn }),
        });

        Assert.That(() => Make(("a", ["b"]), ("b", ["a"])), Throws.ArgumentException.With.Message.Contains("a -> b -> a"));
        Assert.That(() => Make(("a", ["c"])), Throws.ArgumentException.With.Message.Contains("'a' depends on 'c'"));
        Assert.That(() => Make(("a", [])), Throws.ArgumentException.With.Message.Contains("lacks 'actor-system-terminate'"));
    }

    [Test]
    public void DefaultPhases_WhenNothingElseIsSaid_AreAkkasInTheirOrder()
    {
        using var world = new SimulatedWorld(1);
        ActorSystem system = world.AddHost("host", new SimulatedHostOptions(), _ => { }).System;
        CoordinatedShutdown shutdown = CoordinatedShutdown.Get(system);
        string[] phases =
        [
            "before-service-unbind", "service-unbind", "service-requests-done", "service-stop", "before-cluster-shutdown",
            "cluster-sharding-shutdown-region", "cluster-leave", "cluster-exiting", "cluster-exiting-done", "cluster-shutdown",
            "before-actor-system-terminate", "actor-system-terminate",
        ];
        foreach (string phase in phases.Reverse())
        {
            shutdown.AddTask(phase, "log", () => Begin(phase, Task.CompletedTask));
        }

        _ = shutdown.Run(Reason);
        Assert.That(_log, Is.EqualTo(phases));
        Assert.That(shutdown.TotalTimeout, Is.EqualTo(TimeSpan.FromSeconds((9 * 5) + (3 * 10))));
        Assert.That(shutdown.Timeout("service-stop"), Is.EqualTo(TimeSpan.FromSeconds(5)));
    }

    [Test]
    public void Shutdown_InTheSimulatedWorld_TakesVirtualTimeOnly()
    {
        using var world = new SimulatedWorld(7);
        SimulatedHost host = world.AddHost("host", new SimulatedHostOptions(), _ => { });
        ActorSystem system = host.System;
        IActorRef slow = system.ActorOf(new Probe.Script
        {
            OnReceive = (p, message) =>
            {
                p.Timers.StartSingleTimer("stop", PoisonPill.Instance, TimeSpan.FromSeconds(3));
                return true;
            },
            OnPostStop = _ => _log.Add("stopped"),
        }.Props);
        CoordinatedShutdown shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddActorTerminationTask("service-stop", "slow", slow, "please");
        shutdown.AddTask("service-unbind", "endless", () => new TaskCompletionSource().Task);
        shutdown.AddTask("cluster-leave", "log", () => Begin("left", Task.CompletedTask));
        Task done = shutdown.Run(Reason);
        world.RunUntil(() => done.IsCompleted, TimeSpan.FromMinutes(1));

        Assert.That(_log, Is.EqualTo(new[] { "stopped", "left" }));
        Assert.That(world.Clock.Elapsed, Is.EqualTo(TimeSpan.FromSeconds(8)).Within(TimeSpan.FromMilliseconds(10)));
        Assert.That(system.WhenTerminated.IsCompletedSuccessfully);
    }

    private void Log(string phase) => Shutdown.AddTask(phase, "log", () => Begin(phase, Task.CompletedTask));

    private Task Begin(string line, Task task)
    {
        _log.Add(line);
        return task;
    }

    private sealed record Maintenance(string When) : CoordinatedShutdown.Reason;
}
