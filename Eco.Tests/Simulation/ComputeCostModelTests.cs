using Eco.Runtime.Simulation;
using NUnit.Framework;

namespace Eco.Tests.Simulation;

public sealed class ComputeCostModelTests
{
    [TestCase(4, 0.0, 64, 0.016)]
    [TestCase(4, 0.5, 64, 0.032)]
    [TestCase(1, 0.75, 64, 0.256)]
    [TestCase(2, 0.0, 0, 0)]
    public void Duration_WhenCoresAndLoadAreGiven_IsSamplesByCapacity(double cores, double load, long samples, double seconds) =>
        Assert.That(new ComputeCostModel(cores, load, 1_000).Duration(samples), Is.EqualTo(TimeSpan.FromSeconds(seconds)));

    [TestCase(0, 0.0)]
    [TestCase(4, 1.0)]
    [TestCase(4, -0.1)]
    [TestCase(4, double.NaN)]
    public void Duration_WhenTheHostHasNoCapacity_IsRefused(double cores, double load) =>
        Assert.That(() => new ComputeCostModel(cores, load, 1_000).Duration(1), Throws.InvalidOperationException.With.Message.Contains("cores"));

    [Test]
    public void Compute_WhenTheLoadOfAHostChanges_ChangesWithIt()
    {
        using var world = new SimulatedWorld(1);
        SimulatedHost host = world.AddHost("host", new SimulatedHostOptions { Cores = 2, SamplesPerSecondPerCore = 500 }, _ => { });
        Assert.That(host.Compute.Duration(1_000), Is.EqualTo(TimeSpan.FromSeconds(1)));
        host.Load = 0.5;
        Assert.That(host.Compute.Duration(1_000), Is.EqualTo(TimeSpan.FromSeconds(2)));
    }
}
