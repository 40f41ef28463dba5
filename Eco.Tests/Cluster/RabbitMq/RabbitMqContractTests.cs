using NUnit.Framework;

namespace Eco.Tests.Cluster.RabbitMq;

[Category("Slow")]
public sealed class RabbitMqContractTests : TransportContract
{
    protected override TransportHarness CreateHarness() => new RabbitMqHarness();
}
