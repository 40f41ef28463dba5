using NUnit.Framework;

namespace Eco.Tests.Cluster.RabbitMq;

[Category("Slow")]
[Category("Process")]
public sealed class RabbitMqContractTests : TransportContract
{
    protected override TransportHarness CreateHarness() => new RabbitMqHarness();
}
