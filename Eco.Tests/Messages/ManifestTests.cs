using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Eco.Actors;
using Eco.Actors.Agents;
using Eco.Actors.Ions;
using Eco.Actors.Models;
using Eco.Runtime.Persistence;
using NUnit.Framework;

namespace Eco.Tests.Messages;

/// <summary>The form of all that is journalled and sent: a journal of today has to be readable for ever.</summary>
public sealed partial class ManifestTests
{
    private static readonly string Corpus = Path.Combine(Repository.Root, "Eco.Tests", "Messages", "Corpus");

    private static IEnumerable<string> Manifests => EcoManifests.Registry.Manifests;

    [TestCaseSource(nameof(Manifests))]
    public void Manifest_WhenItsSampleIsEncoded_GivesItBack(string manifest)
    {
        object sample = SampleMaker.Make(TypeOf(manifest));

        (string name, byte[] payload) = EcoManifests.Registry.Encode(sample);

        Assert.That(name, Is.EqualTo(manifest));
        Assert.That(Structure.Describe(EcoManifests.Registry.Decode(manifest, payload)), Is.EqualTo(Structure.Describe(sample)));
    }

    [TestCaseSource(nameof(Manifests))]
    public void Manifest_WhenAWriterOfTheFutureAddedFields_IsReadWithoutThem(string manifest)
    {
        object sample = SampleMaker.Make(TypeOf(manifest));
        JsonNode json = JsonNode.Parse(EcoManifests.Registry.Encode(sample).Payload)!;
        AddUnknown(json);

        object read = EcoManifests.Registry.Decode(manifest, Encoding.UTF8.GetBytes(json.ToJsonString()));

        Assert.That(Structure.Describe(read), Is.EqualTo(Structure.Describe(sample)));
    }

    [TestCaseSource(nameof(Manifests))]
    public void Manifest_WhenReadFromTheCorpus_SaysWhatItAlwaysSaid(string manifest)
    {
        string file = FileOf(manifest);
        Assert.That(File.Exists(file), Is.True, $"{manifest} has no corpus entry; run the explicit test {nameof(Corpus_WhenAManifestHasNoFile_GetsOne)} and commit {Path.GetFileName(file)}");

        object read = EcoManifests.Registry.Decode(manifest, File.ReadAllBytes(file));

        Assert.That(
            Structure.Describe(read),
            Is.EqualTo(Structure.Describe(SampleMaker.Make(TypeOf(manifest)))),
            "the form has changed: what was journalled before reads differently. Give the new form a new version, unless the only difference is a new field whose absence means what it meant before; then delete the file and write it again");
    }

    [TestCaseSource(nameof(Manifests))]
    public void Manifest_WhenNamed_HasALayerANameAndAVersion(string manifest) =>
        Assert.That(manifest, Does.Match(Form()));

    [Test]
    public void Corpus_WhenAManifestIsGone_StillReadsIt()
    {
        string[] stored = [.. Directory.GetFiles(Corpus, "*.json").Order(StringComparer.Ordinal)];

        Assert.That(stored, Is.EqualTo(Manifests.Select(FileOf).Order(StringComparer.Ordinal)), "a manifest that was once written is kept, so that old journals stay readable");
    }

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    [TestCase(double.NegativeInfinity)]
    public void Encode_WhenANumberIsNotFinite_RefusesTheMessage(double number)
    {
        object[] messages =
        [
            new RegisterModel("ion/a/b", new ModelReference("m", 1, "h", "k", number, [1]), []),
            new StatisticsReported(1, 1, 0, [new StatisticName("i", "n", "s")], [new StatisticRow(0, number, 1, 0)]),
            Gated(number),
        ];

        foreach (object message in messages)
        {
            Assert.That(() => EcoManifests.Registry.Encode(message), Throws.TypeOf<MessageFormatException>().With.Message.Contains("not finite"));
        }
    }

    [TestCase("no.such/1", "{}", "unknown manifest")]
    [TestCase("ion.submitted/1", "null", "holds null")]
    [TestCase("ion.submitted/1", "[]", "not readable")]
    [TestCase("ion.submitted/1", "{\"version\":\"x\"}", "not readable")]
    [TestCase("agent.command-queued/1", "{\"command\":{\"type\":\"no-such\"}}", "not readable")]
    [TestCase("agent.command-queued/1", "{\"command\":{}}", "not readable")]
    [TestCase("report.notice/1", "{\"kind\":\"no-such\"}", "not readable")]
    public void Decode_WhenThePayloadIsNotTheManifests_SaysWhy(string manifest, string payload, string reason) =>
        Assert.That(
            () => EcoManifests.Registry.Decode(manifest, Encoding.UTF8.GetBytes(payload)),
            Throws.TypeOf<MessageFormatException>().With.Message.Contains(reason));

    [Test]
    [Explicit("writes the missing files of the corpus")]
    public void Corpus_WhenAManifestHasNoFile_GetsOne()
    {
        foreach (string manifest in Manifests.Where(manifest => !File.Exists(FileOf(manifest))))
        {
            File.WriteAllBytes(FileOf(manifest), [.. EcoManifests.Registry.Encode(SampleMaker.Make(TypeOf(manifest))).Payload, (byte)'\n']);
        }
    }

    [GeneratedRegex("^[a-z-]+\\.[a-z-]+/[0-9]+$")]
    private static partial Regex Form();

    private static Type TypeOf(string manifest) => EcoManifests.Registry.TypeOf(manifest);

    private static string FileOf(string manifest) => Path.Combine(Corpus, manifest.Replace('/', '.') + ".json");

    private static void AddUnknown(JsonNode node)
    {
        switch (node)
        {
            case JsonObject map when IsRecord(map):
                foreach (JsonNode? value in map.Select(field => field.Value).ToArray())
                {
                    AddUnknown(value ?? new JsonArray());
                }

                map.Add("fromTheFuture", new JsonObject { ["x"] = new JsonArray(1, "two", null) });
                break;
            case JsonArray items:
                foreach (JsonNode? item in items)
                {
                    AddUnknown(item ?? new JsonArray());
                }

                break;
        }
    }

    // The sample's dictionaries have keys like key-1 or 11; a new entry would not be a new field.
    private static bool IsRecord(JsonObject map) =>
        map.All(field => !field.Key.StartsWith("key-", StringComparison.Ordinal) && !char.IsAsciiDigit(field.Key[0]));

    private static IonSubmitted Gated(double bound) => new(
        1,
        new IonDefinition(
            "a",
            "t",
            [new NodeDefinition("g", null, new PolicyNode(PolicyKind.Gate, new GateCondition("n", "s", GateComparison.AtMost, bound)))],
            []),
        string.Empty,
        []);
}
