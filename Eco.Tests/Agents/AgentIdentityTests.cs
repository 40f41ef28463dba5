using System.Collections.Immutable;
using Eco.Actors;
using Eco.Actors.Agents;
using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;
using Eco.Runtime.Dispatch;
using Eco.Runtime.Persistence;
using Eco.Tests.Actors;
using Eco.Tests.Cluster;
using Eco.Tests.Ions;
using NUnit.Framework;

namespace Eco.Tests.Agents;

internal sealed class AgentIdentityTests : ActorFixture
{
    private readonly List<string> _woken = [];
    private KeptTransport _transport = null!;

    [SetUp]
    public void StartIdentity()
    {
        _woken.Clear();
        _transport = new KeptTransport();
        EntityHost.Start(System, new EntityHostSetup(
            EntityAddress.OfAgent("e1"),
            EntityRoutes.OfAgent("e1"),
            "e1/1",
            new EntityJournal(),
            _transport,
            EcoManifests.Registry,
            Types(),
            ["agent/e1"],
            EntityOptions.Default,
            ICrashPoints.None));
        Run();
    }

    [Test]
    public void Identity_WhenNobodyAnswers_AsksToJoinAgainAsTheSameInstallation()
    {
        AdvanceSeconds(3);

        JoinRequested[] asked = [.. Asked()];
        Assert.That(asked, Has.Length.GreaterThanOrEqualTo(3));
        Assert.That(asked.Select(join => join.InstallId).Distinct().Count(), Is.EqualTo(1));
        Assert.That(asked[0].InstallId, Has.Length.GreaterThan(16));
        Assert.That(_woken, Is.Empty, "without an incarnation there is no agent");
    }

    [Test]
    public void Identity_WhenAccepted_WakesItsIncarnationAndAsksNoMore()
    {
        AdvanceSeconds(1);
        Accept("another installation", 7);
        Assert.That(_woken, Is.Empty);

        Accept(Asked().Last().InstallId, 2);
        int asked = Asked().Count();
        AdvanceSeconds(10);

        Assert.That(_woken, Is.EqualTo(new[] { "agent/e1/2" }));
        Assert.That(Asked().Count(), Is.EqualTo(asked));
    }

    private ImmutableArray<EntityType> Types() =>
    [
        new("identity", id => id == "agent/e1", id => Props.Create(() => new AgentIdentityActor(id, Domain.Profile("e1"), AgentOptions.Default, new NoTransfer()))),
        new("agent", id => id.StartsWith("agent/e1/", StringComparison.Ordinal), Wake),
    ];

    private Props Wake(string id)
    {
        _woken.Add(id);
        return new Probe.Script().Props;
    }

    private IEnumerable<JoinRequested> Asked() => _transport.Sent
        .Where(frame => frame.To == "proxy/e1")
        .Select(frame => (JoinRequested)EcoManifests.Registry.Decode(frame.Manifest!, frame.Payload));

    private void Accept(string installation, long incarnation)
    {
        (string manifest, byte[] payload) = EcoManifests.Registry.Encode(new JoinAccepted(installation, incarnation));
        byte[] frame = FrameCodec.Encode(new Frame(
            FrameKind.Volatile, "proxy/e1", "agent/e1", 0, 1, new HybridTimestamp(1, 0, "server"), manifest, payload));
        _transport.Receiver!.Tell(new TransportDelivery(EntityAddress.OfAgent("e1"), _transport.Subscription!.ConsumerTag, 0, TransportLane.Telemetry, frame), ActorRefs.NoSender);
        Run();
    }
}
