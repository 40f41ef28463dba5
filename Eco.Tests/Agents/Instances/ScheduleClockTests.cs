using Eco.Actors.Agents.Instances;
using Eco.Actors.Ions;
using NUnit.Framework;

namespace Eco.Tests.Agents.Instances;

public sealed class ScheduleClockTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [TestCase(null, 3, false, 10, 0, Description = "never fired: the next one")]
    [TestCase(10, 13, false, 20, 0)]
    [TestCase(10, 20, false, 20, 0, Description = "due now")]
    [TestCase(10, 47, false, 40, 2, Description = "was down: 20 and 30 collapse into 40")]
    public void Next_WhenTheAgentWasThereOrNot_FiresOnceForWhatWasMissed(int? last, int now, bool afterRun, int at, int skipped) =>
        Assert.That(
            ScheduleClock.Next(Every(10, OverlapPolicy.Skip), last is { } s ? Second(s) : null, Second(now), afterRun),
            Is.EqualTo(((DateTimeOffset?)Second(at), skipped)));

    [TestCase(OverlapPolicy.Skip, 50, 3, Description = "20, 30 and 40 are left out")]
    [TestCase(OverlapPolicy.Queue, 40, 2, Description = "one of them waits")]
    public void Next_WhenARunWentOnForLonger_FollowsTheOverlapPolicy(OverlapPolicy overlap, int at, int skipped) =>
        Assert.That(
            ScheduleClock.Next(Every(10, overlap), Second(10), Second(47), afterRun: true),
            Is.EqualTo(((DateTimeOffset?)Second(at), skipped)));

    [Test]
    public void Next_WhenARunEndedInTime_LeavesNothingOut() =>
        Assert.That(
            ScheduleClock.Next(Every(10, OverlapPolicy.Skip), Second(10), Second(19), afterRun: true),
            Is.EqualTo(((DateTimeOffset?)Second(20), 0)));

    [Test]
    public void Next_WhenItIsACronExpression_FollowsIt() =>
        Assert.That(
            ScheduleClock.Next(Every(10, OverlapPolicy.Skip) with { Cron = "0 * * * *" }, Start, Start.AddMinutes(200), afterRun: false),
            Is.EqualTo(((DateTimeOffset?)Start.AddHours(3), 2)));

    [TestCase(null)]
    [TestCase("* * * * * ?")]
    public void Next_WhenTheAgentWasDownForVeryLong_StillCollapsesAllIntoTheLastFiring(string? cron)
    {
        RunMode mode = Every(1, OverlapPolicy.Queue) with { Cron = cron };
        DateTimeOffset now = Start.AddSeconds((ScheduleClock.CountedAtMost * 3) + 0.5);

        (DateTimeOffset? at, int skipped) = ScheduleClock.Next(mode, Start, now, afterRun: false);

        Assert.That(at, Is.EqualTo(Start.AddSeconds(ScheduleClock.CountedAtMost * 3)));
        Assert.That(skipped, Is.EqualTo(ScheduleClock.CountedAtMost));
        Assert.That(ScheduleClock.Next(mode, at, now, afterRun: false).At, Is.GreaterThan(now), "one firing, not one for each count");
    }

    private static DateTimeOffset Second(int seconds) => Start.AddSeconds(seconds);

    private static RunMode Every(int seconds, OverlapPolicy overlap) =>
        new(RunKind.Schedule, TimeSpan.FromSeconds(seconds), null, overlap, 1, null);
}
