using System.Globalization;
using Eco.Actors.Ions;
using Eco.Actors.Ions.Language;
using NUnit.Framework;

namespace Eco.Tests.Ions.Language;

public sealed class IonScheduleTests
{
    [TestCase("*/5 * * * *", "2026-03-01T10:02:30Z", "2026-03-01T10:05:00Z")]
    [TestCase("*/5 * * * *", "2026-03-01T10:05:00Z", "2026-03-01T10:10:00Z")]
    [TestCase("30 4 * * 1", "2026-03-01T10:00:00Z", "2026-03-02T04:30:00Z")]
    [TestCase("0 12 * * 0", "2026-03-02T00:00:00Z", "2026-03-08T12:00:00Z")]
    [TestCase("0 12 * * 7", "2026-03-02T00:00:00Z", "2026-03-08T12:00:00Z")]
    [TestCase("0 0 29 2 *", "2026-03-01T00:00:00Z", "2028-02-29T00:00:00Z")]
    [TestCase("*/10 * * * * ?", "2026-03-01T10:00:05Z", "2026-03-01T10:00:10Z")]
    [TestCase("0 9 * * *", "2026-03-29T02:30:00+02:00", "2026-03-29T09:00:00Z")]
    public void NextAfter_WhenCron_GivesTheNextFiringInUtc(string cron, string after, string expected) =>
        Assert.That(IonSchedule.NextAfter(Schedule(TimeSpan.Zero, cron), At(after)), Is.EqualTo(At(expected)));

    [TestCase(10, "2026-03-01T10:00:05Z", "2026-03-01T10:00:10Z")]
    [TestCase(10, "2026-03-01T10:00:10Z", "2026-03-01T10:00:20Z")]
    [TestCase(3600, "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z")]
    [TestCase(3600, "1969-12-31T23:00:00Z", "1970-01-01T00:00:00Z")]
    public void NextAfter_WhenInterval_CountsFromTheEpoch(int seconds, string after, string expected) =>
        Assert.That(IonSchedule.NextAfter(Schedule(TimeSpan.FromSeconds(seconds), null), At(after)), Is.EqualTo(At(expected)));

    [Test]
    public void NextAfter_WhenAtTheEndOfTime_GivesNothing() =>
        Assert.That(IonSchedule.NextAfter(Schedule(TimeSpan.FromDays(1), null), DateTimeOffset.MaxValue), Is.Null);

    [Test]
    public void NextAfter_WhenNoSchedule_Refuses() =>
        Assert.That(() => IonSchedule.NextAfter(new RunMode(RunKind.Event, default, null, default, 1, SignalKind.Model), default), Throws.ArgumentException);

    [TestCase("0 0 31 2 *")]
    [TestCase("61 * * * *")]
    [TestCase("a b c d e")]
    [TestCase("* * * * * * * *")]
    [TestCase("")]
    public void CheckCron_WhenWrong_SaysSo(string cron) => Assert.That(IonSchedule.CheckCron(cron), Is.Not.Null);

    private static RunMode Schedule(TimeSpan every, string? cron) => new(RunKind.Schedule, every, cron, OverlapPolicy.Skip, 1, null);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
