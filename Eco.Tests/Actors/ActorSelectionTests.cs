using Eco.Runtime.Actors;
using Eco.Runtime.Simulation;
using NUnit.Framework;

namespace Eco.Tests.Actors;

internal sealed class ActorSelectionTests : ActorFixture
{
    private readonly List<string> _log = [];

    [SetUp]
    public void MakeFamily()
    {
        _log.Clear();
        System.ActorOf(Family(_log), "parent");
        Run();
    }

    [TestCase("/user/parent", "parent")]
    [TestCase("/user/parent/one", "one")]
    [TestCase("eco://test/user/parent/two", "two")]
    [TestCase("user/parent/two", "two")]
    [TestCase("/user/parent/*", "one two three")]
    [TestCase("/user/parent/t*", "two three")]
    [TestCase("/user/*/t?o", "two")]
    [TestCase("/user/parent/one/../two", "two")]
    [TestCase("/user/parent/one/../../parent", "parent")]
    public void Tell_WhenActorsAreAtThePath_ReachesThem(string path, string names)
    {
        System.ActorSelection(path).Tell("x", ActorRefs.NoSender);
        Run();

        Assert.That(_log, Is.EquivalentTo(names.Split(' ').Select(name => $"{name}:x")));
        Assert.That(PublishedOf<AllDeadLetters>(), Is.Empty);
    }

    [TestCase("/user/nobody")]
    [TestCase("/user/parent/z*")]
    [TestCase("eco://other/user/parent")]
    [TestCase("/")]
    public void Tell_WhenNobodyIsAtThePath_MakesADeadLetter(string path)
    {
        System.ActorSelection(path).Tell("x", ActorRefs.NoSender);
        Run();

        Assert.That(PublishedOf<DeadLetter>().Single().Message, Is.EqualTo("x"));
        Assert.That(() => System.ActorSelection(path).ResolveOne(), Throws.TypeOf<ActorNotFoundException>());
    }

    [Test]
    public void Selection_WhenRelative_StartsAtTheActor()
    {
        IActorRef one = System.ActorSelection("/user/parent/one").ResolveOne();
        one.Tell("tell sibling");
        Run();

        Assert.That(_log, Is.EqualTo(new[] { "two:from one" }));
    }

    [Test]
    public void Selection_WhenTheNameHasANewOwner_ReachesThatOne()
    {
        ActorSelection selection = System.ActorSelection("/user/parent");
        IActorRef former = selection.ResolveOne();
        System.Stop(former);
        Run();
        IActorRef latter = System.ActorOf(Family(_log), "parent");

        Assert.That(selection.ResolveOne(), Is.SameAs(latter).And.Not.SameAs(former));
    }

    [Test]
    public void Identify_WhenSentToASelection_IsAnsweredByEachOrByNobody()
    {
        (IActorRef asker, List<object> answers) = Recorder();
        System.ActorSelection("/user/parent/t*").Tell(new Identify(1), asker);
        System.ActorSelection("/user/nobody").Tell(new Identify(2), asker);
        Run();

        Assert.That(answers.Cast<ActorIdentity>().Select(answer => (answer.MessageId, answer.Subject?.Path.Name)), Is.EquivalentTo(new (object, string?)[]
        {
            (1, "two"), (1, "three"), (2, null),
        }));
    }

    [Test]
    public void Selection_InTheSimulatedWorld_ReachesTheSameActors()
    {
        using var world = new SimulatedWorld(3);
        SimulatedHost host = world.AddHost("host", new SimulatedHostOptions(), _ => { });
        host.System.ActorOf(Family(_log), "parent");
        world.RunFor(TimeSpan.FromSeconds(1));
        host.System.ActorSelection("/user/parent/*").Tell("x", ActorRefs.NoSender);
        world.RunToQuiescence(TimeSpan.FromSeconds(1));

        Assert.That(_log, Is.EquivalentTo(new[] { "one:x", "two:x", "three:x" }));
    }

    private static Props Family(List<string> log) => new Probe.Script
    {
        OnPreStart = p =>
        {
            foreach (string name in new[] { "one", "two", "three" })
            {
                p.Context.ActorOf(new Probe.Script { OnReceive = (child, message) => Receive(child, message, log) }.Props, name);
            }
        },
        OnReceive = (p, message) => Receive(p, message, log),
    }.Props;

    private static bool Receive(Probe probe, object message, List<string> log)
    {
        if (message is "tell sibling")
        {
            probe.Context.ActorSelection("../two").Tell($"from {probe.Self.Path.Name}");
        }
        else
        {
            log.Add($"{probe.Self.Path.Name}:{message}");
        }

        return true;
    }
}
