using Eco.Runtime.Cluster.RabbitMq;
using NUnit.Framework;

namespace Eco.Tests.Cluster;

public sealed class RabbitMqEndpointTests
{
    [TestCase("amqp://eco@broker-1:5673/site", "broker-1:5673", "eco", "site")]
    [TestCase("amqp://broker-1", "broker-1:5672", null, "/")]
    [TestCase("amqp://10.0.0.7/", "10.0.0.7:5672", null, "/")]
    [TestCase("amqp://a%40b@h/%2Fv", "h:5672", "a@b", "/v")]
    public void Parse_WhenItIsAnEndpoint_HasItsParts(string uri, string endpoint, string? user, string virtualHost)
    {
        var parsed = RabbitMqEndpoint.Parse(uri, out string? userName, out string host);

        Assert.That((parsed.ToString(), userName, host), Is.EqualTo((endpoint, user, virtualHost)));
    }

    [TestCase("broker-1:5672")]
    [TestCase("http://broker-1")]
    [TestCase("")]
    [TestCase("amqp://")]
    public void Parse_WhenItIsNone_SaysHowItIsWritten(string uri) =>
        Assert.That(() => RabbitMqEndpoint.Parse(uri, out _, out _), Throws.TypeOf<FormatException>().With.Message.Contains("amqp://user@host:port/vhost"));

    [Test]
    public void Parse_WhenItHasAPassword_RefusesWithoutRepeatingIt() => Assert.That(
        () => RabbitMqEndpoint.Parse("amqp://eco:secret@h", out _, out _),
        Throws.TypeOf<FormatException>().With.Message.Not.Contains("secret"));

    [Test]
    public void Credentials_WhenShown_HideThePassword() =>
        Assert.That($"{new RabbitMqCredentials("eco", "secret")}", Is.EqualTo("eco:***"));
}
