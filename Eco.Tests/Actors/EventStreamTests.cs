using Eco.Runtime.Actors;
using NUnit.Framework;

namespace Eco.Tests.Actors;

internal sealed class EventStreamTests : ActorFixture
{
    [Test]
    public void Publish_WhenTypesFit_EachSubscriberGetsItOnce()
    {
        (IActorRef actor, List<object> log) = Recorder();
        System.EventStream.Subscribe(actor, typeof(string));
        System.EventStream.Subscribe(actor, typeof(IComparable));
        System.EventStream.Publish("a");
        System.EventStream.Publish(7);
        System.EventStream.Publish(new object());
        Run();

        Assert.That(log, Is.EqualTo(new object[] { "a", 7 }));
    }

    [Test]
    public void Subscribe_WhenTwice_SaysSo()
    {
        (IActorRef actor, _) = Recorder();

        Assert.That(System.EventStream.Subscribe(actor, typeof(string)));
        Assert.That(System.EventStream.Subscribe(actor, typeof(string)), Is.False);
        Assert.That(System.EventStream.Unsubscribe(actor, typeof(string)));
        Assert.That(System.EventStream.Unsubscribe(actor, typeof(string)), Is.False);
    }

    [Test]
    public void Subscriber_WhenItStops_IsUnsubscribed()
    {
        (IActorRef actor, _) = Recorder();
        System.EventStream.Subscribe(actor, typeof(string));
        Run();
        System.Stop(actor);
        Run();
        System.EventStream.Publish("a");
        Run();

        Assert.That(System.EventStream.Unsubscribe(actor), Is.False);
        Assert.That(PublishedOf<DeadLetter>(), Is.Empty);
    }

    [Test]
    public void DeadLetters_WhenToldDirectly_AreWrapped()
    {
        System.DeadLetters.Tell("lost", ActorRefs.NoSender);
        Run();

        Assert.That(PublishedOf<DeadLetter>().Single(), Is.EqualTo(new DeadLetter("lost", null, System.DeadLetters)));
    }
}
