using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Eco.Runtime.Persistence;
using NUnit.Framework;

namespace Eco.Tests.Messages;

/// <summary>A form that is now at its third version: it was <c>{"price":"1.50"}</c>, then <c>{"cents":150}</c>.</summary>
public sealed record Priced(long Amount, string Currency);

/// <summary>The same message one release earlier or later: a field less.</summary>
public sealed record Offered(string Name);

/// <summary>As <see cref="Offered"/>, with what a later release has added.</summary>
public sealed record OfferedWithNote(string Name, string Note = "none");

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Priced))]
[JsonSerializable(typeof(Offered))]
[JsonSerializable(typeof(OfferedWithNote))]
internal sealed partial class UpcasterJson : JsonSerializerContext;

/// <summary>How forms change from release to release.</summary>
public sealed class UpcasterTests
{
    private static readonly MessageRegistry Registry = new MessageRegistry.Builder()
        .Add("shop.priced/3", UpcasterJson.Default.Priced)
        .Upcast("shop.priced/1", "shop.priced/2", json => new JsonObject
        {
            ["cents"] = (long)(decimal.Parse(json["price"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture) * 100),
        })
        .Upcast("shop.priced/2", "shop.priced/3", json => new JsonObject { ["amount"] = json["cents"]!.GetValue<long>(), ["currency"] = "EUR" })
        .Upcast("shop.tagged/1", "shop.priced/1", json => new JsonObject { ["price"] = json["tag"]!.GetValue<string>() })
        .Build();

    [TestCase("shop.priced/3", """{"amount":150,"currency":"EUR"}""")]
    [TestCase("shop.priced/2", """{"cents":150}""")]
    [TestCase("shop.priced/1", """{"price":"1.50"}""")]
    [TestCase("shop.tagged/1", """{"tag":"1.50"}""")]
    public void Decode_WhenTheFormIsOlder_GivesTheNewestObject(string manifest, string json) =>
        Assert.That(Read(Registry, manifest, json), Is.EqualTo(new Priced(150, "EUR")));

    [Test]
    public void Encode_WhenTheTypeHasOlderForms_WritesTheNewest()
    {
        Assert.That(Registry.Encode(new Priced(1, "EUR")).Manifest, Is.EqualTo("shop.priced/3"));
        Assert.That(Registry.Manifests, Is.EqualTo(new[] { "shop.priced/3" }));
        Assert.That(Registry.Readable, Is.EqualTo(new[] { "shop.priced/1", "shop.priced/2", "shop.priced/3", "shop.tagged/1" }));
    }

    [TestCase("shop.priced/4", "was written by a newer version; this one reads shop.priced up to 3")]
    [TestCase("shop.sold/1", "unknown manifest")]
    [TestCase("shop.priced/0", "unknown manifest")]
    public void Decode_WhenTheFormIsNewerOrUnknown_SaysWhich(string manifest, string reason) =>
        Assert.That(() => Read(Registry, manifest, "{}"), Throws.TypeOf<MessageFormatException>().With.Message.Contains(reason));

    [TestCase("shop.priced/1", "{}")]
    [TestCase("shop.priced/1", """{"price":"dear"}""")]
    [TestCase("shop.priced/1", """{"price":7}""")]
    [TestCase("shop.priced/1", "[]")]
    [TestCase("shop.priced/1", "null")]
    [TestCase("shop.priced/1", "{")]
    public void Decode_WhenAnOlderFormIsBroken_SaysSo(string manifest, string json) =>
        Assert.That(() => Read(Registry, manifest, json), Throws.TypeOf<MessageFormatException>().With.Message.Contains(manifest));

    [Test]
    public void Message_WhenReleasesNAndNMinus1Talk_IsReadByBoth()
    {
        MessageRegistry earlier = new MessageRegistry.Builder().Add("shop.offered/1", UpcasterJson.Default.Offered).Build();
        MessageRegistry later = new MessageRegistry.Builder().Add("shop.offered/1", UpcasterJson.Default.OfferedWithNote).Build();

        (string manifest, byte[] fromLater) = later.Encode(new OfferedWithNote("a", "new here"));
        (_, byte[] fromEarlier) = earlier.Encode(new Offered("a"));

        Assert.That(earlier.Decode(manifest, fromLater), Is.EqualTo(new Offered("a")), "an unknown field is ignored");
        Assert.That(later.Decode(manifest, fromEarlier), Is.EqualTo(new OfferedWithNote("a", "none")), "an absent field means what it meant");
    }

    [Test]
    public void Build_WhenAChainLeadsNowhere_IsRefused()
    {
        MessageRegistry.Builder Of() => new MessageRegistry.Builder().Add("shop.priced/3", UpcasterJson.Default.Priced);
        Assert.Multiple(() =>
        {
            Assert.That(() => Of().Upcast("a.b/1", "a.b/2", json => json).Build(), Throws.ArgumentException.With.Message.Contains("not registered"));
            Assert.That(
                () => Of().Upcast("a.b/1", "a.b/2", json => json).Upcast("a.b/2", "a.b/1", json => json).Build(),
                Throws.ArgumentException.With.Message.Contains("circle"));
            Assert.That(() => Of().Upcast("shop.priced/3", "a.b/1", json => json), Throws.ArgumentException.With.Message.Contains("twice"));
            Assert.That(
                () => new MessageRegistry.Builder().Upcast("shop.priced/3", "a.b/1", json => json).Add("shop.priced/3", UpcasterJson.Default.Priced).Build(),
                Throws.ArgumentException.With.Message.Contains("has an upcaster"));
            Assert.That(() => Of().Upcast("a.b", "a.b/1", json => json), Throws.ArgumentException.With.Message.Contains("name/version"));
        });
    }

    private static object Read(MessageRegistry registry, string manifest, string json) => registry.Decode(manifest, Encoding.UTF8.GetBytes(json));
}
