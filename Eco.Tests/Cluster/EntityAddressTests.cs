using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;
using NUnit.Framework;

namespace Eco.Tests.Cluster;

public sealed class EntityAddressTests
{
    [TestCase("ion/factory/merge", "eco.part.15")]
    [TestCase("directory", "eco.part.11")]
    [TestCase("agents/edge-1", "eco.part.6")]
    [TestCase("agent/edge-1", "eco.agent.edge-1")]
    [TestCase("agent/edge-1/2", "eco.agent.edge-1")]
    [TestCase("agent/edge.1/2/factory/learn", "eco.agent.edge.1")]
    public void AddressOf_WhenTheServerSends_IsThePartitionOrTheAgent(string entity, string address)
    {
        EntityRoutes routes = EntityRoutes.OfServer(16, _ => null);

        Assert.That(routes.AddressOf("directory", entity), Is.EqualTo(address));
        Assert.That(routes.IsOwn(entity), Is.EqualTo(address.StartsWith("eco.part.", StringComparison.Ordinal)));
    }

    [TestCase("agent/edge-1", "proxy/edge-1", "eco.up.join")]
    [TestCase("agent/edge-1/2", "proxy/edge-1", "eco.up.edge-1")]
    [TestCase("agent/edge-1/2", "agent/edge-2/1", "eco.up.edge-1")]
    [TestCase("agent/edge-1/2/ion/node", "directory", "eco.up.edge-1")]
    public void AddressOf_WhenAnAgentSends_IsAlwaysOneOfItsTwoAliases(string from, string to, string address) =>
        Assert.That(EntityRoutes.OfAgent("edge-1").AddressOf(from, to), Is.EqualTo(address));

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
