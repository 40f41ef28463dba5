using Eco.Engines.Online.Experiments;
using NUnit.Framework;

namespace Eco.Tests.Engines;

[TestFixture]
public sealed class FederatedKMeansTests
{
    [TestCase(0UL)]
    [TestCase(7UL)]
    [TestCase(19UL)]
    public void Federated_WhenMergedEveryTenBatches_IsNearPooledAndFarBelowIsolated(ulong seed)
    {
        FederatedKMeansWorkload workload = new() { Seed = seed };
        double pooled = FederatedKMeansBaselines.Pooled(workload);
        double isolated = FederatedKMeansBaselines.Isolated(workload);
        FederatedKMeansOutcome federated = FederatedKMeansBaselines.Federated(workload, interval: 10, delay: 2);
        Assert.That(federated.MeanError / pooled, Is.LessThan(1.1));
        Assert.That(isolated / pooled, Is.GreaterThan(3));
        Assert.That(federated.ModelBytes, Is.LessThan(0.01 * workload.RawBytes));
    }
}
