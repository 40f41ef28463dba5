using Eco.Actors;
using Eco.Host.Chaos;
using NUnit.Framework;

namespace Eco.Tests.Chaos;

/// <summary>A crash point that no host passes would never be reached, and nobody would notice.</summary>
public sealed class CrashPointCatalogueTests
{
    // What journals announce beside the events of a commit.
    private static readonly string[] OfJournals = ["claim", "outbox-ack"];

    [Test]
    public void Points_WhenNamed_AreOfEventsThatExist()
    {
        IEnumerable<string> details = CrashPointCatalogue.Server.Concat(CrashPointCatalogue.Edge).Concat(CrashPointCatalogue.Cloud)
            .Where(point => point.Contains('@', StringComparison.Ordinal))
            .Select(point => point.Split('@')[1])
            .Except(OfJournals);

        Assert.That(details.Where(name => !EcoManifests.Registry.Manifests.Contains(name + "/1")), Is.Empty);
    }

    [Test]
    public void Points_WhenCounted_AreEnoughForTheGoal() =>
        Assert.That(CrashPointCatalogue.Server.Concat(CrashPointCatalogue.Edge).Concat(CrashPointCatalogue.Cloud).Distinct().Count(), Is.GreaterThan(40));
}
