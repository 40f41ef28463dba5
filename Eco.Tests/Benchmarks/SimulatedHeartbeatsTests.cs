using Eco.Host.Benchmarks.Cluster;
using NUnit.Framework;

namespace Eco.Tests.Benchmarks;

/// <summary>The simulated part of <c>eco bench cluster</c>, with few agents.</summary>
public sealed class SimulatedHeartbeatsTests
{
    [Test]
    public void Run_WhenTheServerHasTime_CountsEachHeartbeatWithTheWayOverTheLink()
    {
        HeartbeatFigures figures = SimulatedHeartbeats.Run(40, TimeSpan.FromSeconds(20), 3);

        Assert.That(figures.Agents, Is.EqualTo(40));
        Assert.That(figures.Heartbeats, Is.InRange(40 * 3, 40 * 5), "one in five seconds");
        Assert.That(figures.MedianMilliseconds, Is.InRange(30, 40), "a link of 30 ms, and a few steps of the server");
        Assert.That(figures.P99Milliseconds, Is.InRange(figures.MedianMilliseconds, figures.LongestMilliseconds));
    }
}
