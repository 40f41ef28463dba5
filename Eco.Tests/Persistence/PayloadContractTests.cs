using System.Text;
using Eco.Actors;
using Eco.Runtime.Persistence;
using NUnit.Framework;

namespace Eco.Tests.Persistence;

/// <summary>A payload that lacks what its type promises is refused where it is read.</summary>
public sealed class PayloadContractTests
{
    private const string Whole = """{"profile":{"id":"e","site":"s","role":"edge","labels":{},"capabilities":[],"engines":["online"]},"incarnation":1}""";

    [TestCase("\"capabilities\":[],", "")]
    [TestCase("\"labels\":{},", "")]
    [TestCase("\"id\":\"e\"", "\"id\":null")]
    [TestCase("\"labels\":{}", "\"labels\":null")]
    [TestCase("\"capabilities\":[]", "\"capabilities\":null")]
    [TestCase("\"incarnation\":1", "\"incarnation\":null")]
    [TestCase(",\"incarnation\":1", "")]
    public void Decode_WhenAMemberIsMissingOrNull_IsRefused(string part, string instead)
    {
        byte[] payload = Encoding.UTF8.GetBytes(Whole.Replace(part, instead, StringComparison.Ordinal));

        Assert.That(() => EcoManifests.Registry.Decode("agent.listed/1", payload), Throws.TypeOf<MessageFormatException>().With.Message.Contains("agent.listed/1"));
    }

    [Test]
    public void Decode_WhenAMemberIsUnknown_IgnoresIt() =>
        Assert.That(EcoManifests.Registry.Decode("agent.listed/1", Encoding.UTF8.GetBytes(Whole.Insert(1, "\"new\":{\"x\":[1]},"))), Is.Not.Null);
}
