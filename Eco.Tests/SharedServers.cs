using Eco.Tests.Persistence.Postgres;
using NUnit.Framework;

namespace Eco.Tests;

/// <summary>Begins and ends what tests of several folders share.</summary>
[SetUpFixture]
internal sealed class SharedServers
{
    [OneTimeSetUp]
    public void Start() => ErrorStreamOfFailuresAttribute.Redirect();

    [OneTimeTearDown]
    public Task Stop() => PostgresServerOfTests.StopAsync();
}
