using Eco.Tests.Persistence.Postgres;
using NUnit.Framework;

namespace Eco.Tests;

/// <summary>Ends what tests of several folders share.</summary>
[SetUpFixture]
internal sealed class SharedServers
{
    [OneTimeTearDown]
    public Task Stop() => PostgresServerOfTests.StopAsync();
}
