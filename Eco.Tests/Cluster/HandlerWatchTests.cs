using Eco.Runtime.Cluster;
using Eco.Tests.Actors;
using NUnit.Framework;

namespace Eco.Tests.Cluster;

internal sealed class HandlerWatchTests
{
    [Test]
    public void Overdue_WhenAHandlerRunsTooLong_ReportsItOnce()
    {
        var clock = new ManualClock();
        var watch = new HandlerWatch();
        HandlerWatch.Slot slow = watch.Add("note/slow");
        HandlerWatch.Slot quick = watch.Add("note/quick");
        slow.Begin("Hear", clock.GetTimestamp());
        quick.Begin("Hear", clock.GetTimestamp());
        quick.End();
        Assert.That(watch.Overdue(clock, TimeSpan.FromSeconds(30)), Is.Empty);

        clock.Advance(TimeSpan.FromSeconds(31));

        Assert.That(
            watch.Overdue(clock, TimeSpan.FromSeconds(30)).ToArray(),
            Is.EqualTo(new[] { ("note/slow", "Hear", TimeSpan.FromSeconds(31)) }));
        Assert.That(watch.Overdue(clock, TimeSpan.FromSeconds(30)), Is.Empty, "once");
        slow.End();
        slow.Begin("Hear", clock.GetTimestamp());
        clock.Advance(TimeSpan.FromSeconds(31));
        Assert.That(watch.Overdue(clock, TimeSpan.FromSeconds(30)).Count(), Is.EqualTo(1), "the next one again");
        watch.Remove(slow);
        Assert.That(watch.Overdue(clock, TimeSpan.Zero), Is.Empty);
    }
}
