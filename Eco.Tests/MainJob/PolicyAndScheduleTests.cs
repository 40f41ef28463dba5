using Eco.Actors;
using Eco.Actors.Agents.Instances;
using Eco.Actors.Console;
using Eco.Actors.Ions.Nodes;
using Eco.Host.Composition.Simulated;
using Eco.Host.Demo;
using NUnit.Framework;

namespace Eco.Tests.MainJob;

/// <summary>Policies between nodes, and nodes that run on a schedule or on an event.</summary>
[TestFixture]
public sealed class PolicyAndScheduleTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private SimulatedCluster _cluster = null!;

    [SetUp]
    public void StartCluster()
    {
        _cluster = new SimulatedCluster(41, new SimulatedClusterOptions { Agents = FederatedKMeansIon.Agents(2) });
        _cluster.AwaitAgents(Minute);
    }

    [TearDown]
    public void EndCluster() => _cluster.Dispose();

    [Test]
    public void Approval_WhenItIsGiven_PassesTheModelOnAndOtherwiseNot()
    {
        Submit(Pipelines("policy = approval"));
        _cluster.World.RunUntil(() => Held() >= 3, Minute, () => _cluster.Describe("x"));
        Assert.That(Applied("edge-1"), Is.Empty, "nothing passes by itself");

        ConsoleReply unknown = _cluster.Ask(ConsoleVerbs.Approve, ("ion", "x"), ("version", "999"));
        Assert.That(unknown.Error?.Code, Is.EqualTo(ConsoleErrorCodes.NotFound));
        Assert.That(unknown.Error?.Cause, Does.Contain("999").And.Contain("1, 2, 3"));

        ModelView rejected = IonLifeCycleTests.Data<ModelView>(
            _cluster.Ask(ConsoleVerbs.Approve, ("ion", "x"), ("version", "1"), ("decision", "reject"), ("reason", "too early")));
        Assert.That((rejected.Version, rejected.State), Is.EqualTo((1, "rejected")));
        _cluster.World.RunFor(TimeSpan.FromSeconds(1));
        Assert.That(Applied("edge-1"), Is.Empty, "a rejected model goes nowhere");

        ModelView approved = IonLifeCycleTests.Data<ModelView>(_cluster.Ask(ConsoleVerbs.Approve, ("ion", "x"), ("by", "ada")));
        Assert.That(approved.State, Is.EqualTo("approved"));
        Assert.That(approved.Version, Is.GreaterThanOrEqualTo(3), "the newest that waits");
        _cluster.World.RunUntil(() => Applied("edge-1").Length == 1 && Applied("edge-2").Length == 1, Minute, () => _cluster.Describe("x"));
        Assert.That(Applied("edge-1"), Is.EqualTo(new[] { approved.Version }));

        _cluster.World.RunFor(TimeSpan.FromSeconds(2));
        WhoHasView who = IonLifeCycleTests.Data<WhoHasView>(_cluster.Ask(ConsoleVerbs.WhoHas, ("model", approved.Hash)));
        Assert.That(who.Holders.Select(holder => holder.Agent), Is.EquivalentTo(new[] { "edge-1", "edge-2" }));
        Assert.That(who.Approvals.Select(approval => (approval.By, approval.Decision)), Is.EqualTo(new[] { ("ada", "approved") }));
    }

    [Test]
    public void Approval_WhenTheIonHasNoSuchPolicy_IsRefused()
    {
        Submit(IonLifeCycleTests.Ion(IonLifeCycleTests.Learner("learn")));

        ConsoleReply reply = _cluster.Ask(ConsoleVerbs.Approve, ("ion", "x"));

        Assert.That(reply.Error?.Code, Is.EqualTo(ConsoleErrorCodes.Refused));
        Assert.That(reply.Error?.Cause, Does.Contain("no approval policy"));
    }

    [TestCase("at-least = 0.0", true)]
    [TestCase("at-least = 1.1", false)]
    public void Gate_WhenItIsMeasured_PassesByTheBound(string bound, bool passes)
    {
        Submit(Pipelines($"policy = gate, gate {{ node = train, statistic = judge.accuracy, {bound} }}"));
        _cluster.World.RunFor(TimeSpan.FromSeconds(20));

        ModelDecided[] decided = [.. Events(SimulatedCluster.ServerName, "ion/x/policy").OfType<ModelDecided>()];
        Assert.That(decided, Has.Length.GreaterThan(5), _cluster.Describe("x"));
        Assert.That(decided.Last().Approved, Is.EqualTo(passes), decided.Last().Reason);
        Assert.That(decided.Last().Reason, Does.Contain("measured"));
        Assert.That(Applied("edge-1").Length > 0, Is.EqualTo(passes));
    }

    [Test]
    public void Schedule_WhenItFires_RunsAtTheAgentEveryTime()
    {
        Submit(Scheduled("every = 10s, steps = 3"));
        _cluster.World.RunFor(TimeSpan.FromSeconds(65));

        ScheduleFired[] fired = Fired();
        Assert.That(fired, Has.Length.InRange(6, 7));
        Assert.That(fired.Zip(fired.Skip(1), (one, other) => (other.At - one.At).TotalSeconds), Is.All.EqualTo(10));
        Assert.That(fired.Select(firing => firing.Skipped), Is.All.Zero);
        Assert.That(fired.Select(firing => firing.At.ToUnixTimeSeconds() % 10), Is.All.Zero);
    }

    [Test]
    public void Schedule_WhenTheAgentWasDown_MakesUpForAllMissedFiringsOnce()
    {
        Submit(Scheduled("every = 10s, steps = 3"));
        _cluster.World.RunFor(TimeSpan.FromSeconds(25));
        int before = Fired().Length;
        _cluster.World.Hosts["edge-1"].Crash();
        _cluster.World.RunFor(TimeSpan.FromSeconds(60));

        _cluster.World.Hosts["edge-1"].Restart();
        _cluster.World.RunFor(TimeSpan.FromSeconds(2));

        ScheduleFired[] fired = [.. Fired().Skip(before)];
        Assert.That(fired, Has.Length.EqualTo(1), "one firing at once for all that were missed");
        Assert.That(fired[0].Skipped, Is.InRange(4, 6));
    }

    [Test]
    public void Schedule_WhenARunOutlastsTheInterval_LeavesFiringsOut()
    {
        _cluster.World.Hosts["edge-1"].Load = 0.9999;
        Submit(Scheduled("every = 1s, steps = 5"));
        _cluster.World.RunFor(TimeSpan.FromSeconds(60));

        ScheduleFired[] fired = Fired();
        Assert.That(fired, Has.Length.GreaterThan(1));
        Assert.That(fired.Skip(1).Select(firing => firing.Skipped), Is.All.GreaterThan(0));
        Assert.That(fired.Zip(fired.Skip(1), (one, other) => (other.At - one.At).TotalSeconds - 1), Is.EqualTo(fired.Skip(1).Select(firing => firing.Skipped)));
    }

    [Test]
    public void EventNode_WhenASignalComes_RunsOncePerSignal()
    {
        Submit(IonLifeCycleTests.Ion(
            """
            watch {
              engine = online, on { agents = [edge-1] }, run { continuous { every = 200ms } }
              components {
                source { type = source.gaussians, rows = 20, batches = 200 }
                learn { type = train.kmeans, from = source, clusters = 2 }
                score { type = infer.anomaly, from { rows = source, model = learn.prior } }
                alarm { type = sink.alert, from = score, calibration = 10, quantile = 0.1, share = 0.1, quiet = 20 }
              }
            }
            react {
              engine = online, on { role = cloud }, run { event { signal = alert, steps = 2 } }
              components {
                source { type = source.gaussians, rows = 20, batches = 0 }
                learn { type = train.kmeans, from = source, clusters = 2 }
              }
            }
            """).Replace("\n} }", "\n}, links = [ { from = watch.alarm, to = react, signal = alert } ] }", StringComparison.Ordinal));

        _cluster.World.RunUntil(() => _cluster.StateOf("x") == "completed", Minute * 3, () => _cluster.Describe("x"));
        _cluster.World.RunFor(TimeSpan.FromSeconds(10));

        long alerts = Events(SimulatedCluster.ServerName, "ion/x/watch").OfType<NoticeSeen>().Count();
        RunSettled[] runs = [.. Events("cloud-1", "agent/cloud-1/1/x/react").OfType<RunSettled>()];
        Assert.That(alerts, Is.GreaterThan(2));
        Assert.That(runs.Select(run => run.RunId), Is.EqualTo(Enumerable.Range(1, (int)alerts).Select(run => (long)run)));
        Assert.That(runs.Select(run => run.Succeeded), Is.All.True);
    }

    private static string Pipelines(string policy) => IonLifeCycleTests.Ion(
        """
        train {
          engine = online, on { role = cloud, limit = 1 }, run { continuous { every = 100ms } }
          components {
            source { type = source.gaussians, classes = 3, rows = 50, batches = 0 }
            learn { type = train.softmax, from = source, classes = 3, emit-every = 10 }
            infer { type = infer.classify, from { rows = source, model = learn } }
            judge { type = evaluate.accuracy, from { rows = source, scores = infer } }
          }
        }
        infer {
          engine = online, on { role = edge }, run { continuous { every = 100ms } }
          components {
            source { type = source.gaussians, classes = 3, rows = 50, edge = "label:edge", batches = 0 }
            infer { type = infer.classify, from = source }
          }
        }
        """,
        $"policy {{ {policy} }}").Replace(
        "\n} }",
        "\n}, links = [ { from = train.learn, to = policy, signal = model }, { from = policy, to = infer.infer, signal = model, consistency = eventual } ] }",
        StringComparison.Ordinal);

    private static string Scheduled(string schedule) => IonLifeCycleTests.Ion(FormattableString.Invariant($$"""
        timed {
          engine = online, on { agents = [edge-1] }, run { schedule { {{schedule}} } }
          components {
            source { type = source.gaussians, rows = 20, batches = 0 }
            learn { type = train.kmeans, from = source, clusters = 2 }
          }
        }
        """));

    private void Submit(string ion)
    {
        ConsoleReply reply = _cluster.Submit(ion);
        Assert.That(reply.Error, Is.Null);
    }

    private int Held() => Events(SimulatedCluster.ServerName, "ion/x/policy").OfType<ModelHeld>().Count();

    private long[] Applied(string agent) =>
        [.. Events(agent, $"agent/{agent}/1/x/infer").OfType<ModelApplied>().Select(applied => applied.Model.Version)];

    private ScheduleFired[] Fired() => [.. Events("edge-1", "agent/edge-1/1/x/timed").OfType<ScheduleFired>()];

    private IEnumerable<object> Events(string host, string entity) => _cluster.World.Hosts[host].JournalStorage.Events
        .Where(e => e.PersistenceId == entity)
        .Select(e => EcoManifests.Registry.Decode(e.Event.Manifest, e.Event.Payload));
}
