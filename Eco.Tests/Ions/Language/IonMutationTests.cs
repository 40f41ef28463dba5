using System.Text;
using Eco.Actors.Ions.Language;
using NUnit.Framework;

namespace Eco.Tests.Ions.Language;

public sealed class IonMutationTests
{
    private static readonly string[] Words =
        ["{", "}", "[", "]", "=", "null", "0", "-1", "1e99", "\"\"", "true", "edge", "merge", "model", "from", "to", "on", "run", "type", "policy", "gate", "schedule { cron = \"* * L W ?\" }", "cron = \"0 0 31 2 *\"", "every = -5s", "a.b.c", "links += {}", "${ion}", "${?x}", "\0", "\u001b", "\n"];

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    [TestCase(11, 2_000)]
    public void Parse_WhenMutated_GivesDefinitionOrErrorsInBoundedTime(int seed, int count)
    {
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
        {
            string text = Mutate(random);
            TimeSpan took = Fastest.Of(Limit, () =>
            {
                var result = IonParser.Parse(text, "f", Catalogue.Engines);
                Assert.That(result.Definition is null, Is.EqualTo(result.Diagnostics.Any(d => d.Severity == IonSeverity.Error)), text);
                if (result.Definition is { } ion)
                {
                    Assert.That(IonGraphRenderer.RenderText(ion), Is.Not.Empty);
                    Assert.That(IonGraphRenderer.RenderMermaid(ion), Is.Not.Empty);
                    Assert.That(IonDiff.Compare(ion, ion), Is.Empty);
                }
            });
            Assert.That(took, Is.LessThan(Limit), text);
        }
    }

    /// <summary>Each dot of a reference may be the one before its port; a reference of nothing but dots once cost the square of its length.</summary>
    [Test]
    public void Parse_WhenAReferenceIsAllDots_CostsInProportionToIt()
    {
        string dots = new('.', 20_000);
        string text = $"ion {{ id = x, nodes {{ a {{ engine = online, components {{ s {{ type = source.moving-clusters }}, l {{ type = train.kmeans, from = \"s.{dots}\" }} }} }} }} }}";
        IonParser.Parse(text, "f", Catalogue.Engines);
        long before = GC.GetAllocatedBytesForCurrentThread();

        var result = IonParser.Parse(text, "f", Catalogue.Engines);

        Assert.That(result.Diagnostics.Select(d => d.Message), Has.Some.EqualTo($"'s' (source.moving-clusters) has no output '{dots[..64]}...'"));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(8_000_000));
    }

    private static string Mutate(Random random)
    {
        string[] tokens = Samples.Federated.Split(' ');
        var text = new StringBuilder();
        int edits = random.Next(1, 5);
        var places = Enumerable.Range(0, edits).Select(_ => random.Next(tokens.Length)).ToHashSet();
        foreach (var (index, token) in tokens.Index())
        {
            if (!places.Contains(index))
            {
                text.Append(token).Append(' ');
                continue;
            }

            text.Append(random.Next(4) switch
            {
                0 => string.Empty,
                1 => Words[random.Next(Words.Length)],
                2 => tokens[random.Next(tokens.Length)],
                _ => token.Length > 0 ? token.Remove(random.Next(token.Length), 1) : "x",
            }).Append(' ');
        }

        return text.ToString();
    }
}
