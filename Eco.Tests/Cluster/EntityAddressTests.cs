using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;
using NUnit.Framework;

namespace Eco.Tests.Cluster;

public sealed class EntityAddressTests
{
    [TestCase("ion/factory/merge", "eco.server")]
    [TestCase("proxy/edge-1", "eco.server")]
    [TestCase("directory", "eco.server")]
    [TestCase("agents/edge-1", "eco.server")]
    [TestCase("agent/edge-1", "eco.agent.edge-1")]
    [TestCase("agent/edge-1/2", "eco.agent.edge-1")]
    [TestCase("agent/edge.1/2/factory/learn", "eco.agent.edge.1")]
    public void HostOf_WhenGivenAnEntity_IsWhereItLives(string entity, string host) =>
        Assert.That(EntityAddress.HostOf(entity), Is.EqualTo(host));

    [TestCase("ion/factory/merge", true)]
    [TestCase("agent/edge_1.x/12/ion/node", true)]
    [TestCase("", false)]
    [TestCase("ion/", false)]
    [TestCase("/ion", false)]
    [TestCase("ion//node", false)]
    [TestCase("ion/a b", false)]
    [TestCase("ion/ä", false)]
    [TestCase("ion/a~b", false)]
    public void IsWellFormed_WhenGivenAText_SaysWhetherItCanBeAnId(string entity, bool expected) =>
        Assert.That(EntityAddress.IsWellFormed(entity), Is.EqualTo(expected));

    [Test]
    public void IsWellFormed_WhenTheTextIsTooLong_SaysNo()
    {
        Assert.That(EntityAddress.IsWellFormed(new string('a', EntityAddress.MaximumLength)), Is.True);
        Assert.That(EntityAddress.IsWellFormed(new string('a', EntityAddress.MaximumLength + 1)), Is.False);
    }

    // Stored at the first start: another assignment would part entities from their journals.
    [TestCase("directory", 16, 11)]
    [TestCase("ion/factory/merge", 1, 0)]
    public void PartitionOf_WhenAskedAgain_IsAlwaysTheSame(string entity, int partitions, int expected) =>
        Assert.That(Partitioning.PartitionOf(entity, partitions), Is.EqualTo(expected));

    [Test]
    public void PartitionOf_WhenThereAreManyEntities_UsesAllPartitionsEvenly()
    {
        int[] counts = new int[16];
        for (int i = 0; i < 16_000; i++)
        {
            counts[Partitioning.PartitionOf($"ion/factory/node-{i}", 16)]++;
        }

        Assert.That(counts, Is.All.InRange(850, 1150));
        Assert.That(() => Partitioning.PartitionOf("directory", 0), Throws.TypeOf<ArgumentOutOfRangeException>());
    }
}
