using System.Text;
using Eco.Runtime.Hocon;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Eco.Tests.Hocon;

public sealed class HoconPropertyTests
{
    private const string Seed = """"
        # comment
        a { b = 1, c : [1, 2.5e3, "x\ty", true, null], d += ${a.b} } // more
        "q.r" = ${?HOME}/bin
        a { b = 2, e = ${a.c} [3] , f = ${x} { z = 1 } }
        x { y = 10 ms, u = [ {v = 1}
          {v = 2} ] } { k = unquoted text ${a.b} here }
        t = """tripled "text" """
        p = ${p2}, p2 = a, p2 = ${p2}b
        include "other"
        """";

    private static readonly string[] Fragments =
        ["{", "}", "[", "]", "\"", "\"\"\"", "${", "${?", "}", "+=", "=", ":", ",", "\n", "\\", "//", "#", ".", "..", "a", "a.b", "1e", "-", "\0", "\ufeff", "include ", "required(", "${a}", "${x}", "a = ${a}\n", "a += 1\n", "\ud800", "\u2028"];

    [Test]
    public void Render_WhenParsedAgain_GivesTheSameTree()
    {
        var key = Gen.OneOf(Gen.Elements("a", "b", "c.d", "", "x y", "include", "1"), ArbMap.Default.GeneratorFor<string>().Where(s => s is not null));
        var number = ArbMap.Default.GeneratorFor<NormalFloat>().Select(f => f.Get.ToString("R", System.Globalization.CultureInfo.InvariantCulture));
        var leaf = Gen.OneOf(
            Gen.Elements("true", "false", "null"),
            number,
            ArbMap.Default.GeneratorFor<string>().Where(s => s is not null).Select(s => Quote(s)));
        Gen<string> Tree(int size) => size <= 0 ? leaf : Gen.Frequency(
            (1, leaf),
            (2, Tree(size / 2).ListOf(3).Select(items => $"[{string.Join(",", items)}]")),
            (2, key.Zip(Tree(size / 2)).ListOf(3).Select(fields => $"{{{string.Join(",", fields.Select(f => $"{Quote(f.Item1)}:{f.Item2}"))}}}")));
        var document = Gen.Sized(size => key.Zip(Tree(Math.Min(size, 12))).ListOf(3).Select(fields => string.Join("\n", fields.Select(f => $"{Quote(f.Item1)} = {f.Item2}"))));

        Prop.ForAll(document.ToArbitrary(), text =>
        {
            var first = HoconParser.Parse(text);
            return Compact.Write(HoconParser.Parse(HoconRenderer.Render(first))) == Compact.Write(first);
        }).Check(Properties.Quiet);
    }

    [TestCase(1, 4_000)]
    [TestCase(2, 4_000)]
    public void Parse_WhenTextIsMutated_GivesTreeOrErrorsInBoundedTime(int seed, int count)
    {
        // Far above what any of these short texts needs, and far below what runaway work would take.
        var limit = TimeSpan.FromSeconds(2);
        var random = new System.Random(seed);
        for (int i = 0; i < count; i++)
        {
            string text = Mutate(Seed, random);
            TimeSpan took = Fastest.Of(limit, () =>
            {
                var result = HoconParser.TryParse(text);
                if (result.Root is not null)
                {
                    Assert.That(Compact.Write(HoconParser.TryParse(HoconRenderer.Render(result.Root)).Root!), Is.EqualTo(Compact.Write(result.Root)), text);
                }

                Assert.That(result.Root is null, Is.EqualTo(result.Diagnostics.Length > 0), text);
            });
            Assert.That(took, Is.LessThan(limit), text);
        }
    }

    [TestCase(3, 4_000)]
    public void Parse_WhenBytesAreMutated_GivesTreeOrErrors(int seed, int count)
    {
        var random = new System.Random(seed);
        for (int i = 0; i < count; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(Seed);
            for (int flips = random.Next(1, 6); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var result = HoconParser.TryParse(bytes.AsSpan());
            Assert.That(result.Root is null, Is.EqualTo(result.Diagnostics.Length > 0));
        }
    }

    private static string Mutate(string text, System.Random random)
    {
        var mutated = new StringBuilder(text.Replace("include \"other\"", string.Empty, StringComparison.Ordinal));
        for (int edits = random.Next(1, 8); edits > 0; edits--)
        {
            int at = random.Next(mutated.Length);
            switch (random.Next(3))
            {
                case 0:
                    mutated.Remove(at, Math.Min(random.Next(1, 6), mutated.Length - at));
                    break;
                case 1:
                    mutated.Insert(at, Fragments[random.Next(Fragments.Length)]);
                    break;
                default:
                    int from = random.Next(mutated.Length);
                    mutated.Insert(at, mutated.ToString(from, Math.Min(random.Next(1, 40), mutated.Length - from)));
                    break;
            }

            if (mutated.Length == 0)
            {
                mutated.Append('a');
            }
        }

        return mutated.ToString();
    }

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            quoted.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return quoted.Append('"').ToString();
    }
}
