using System.Text;
using Eco.Runtime.Hocon;
using NUnit.Framework;

namespace Eco.Tests.Hocon;

public sealed class HoconLimitTests
{
    [Test]
    public void Parse_WhenBillionLaughsInStrings_NamesTheLimit() =>
        Assert.That(Hints(Laughs("lol", (previous, text) => string.Join(' ', Enumerable.Repeat($"${{{previous}}}", 10)))), Does.Contain("limit max-expansion"));

    [Test]
    public void Parse_WhenBillionLaughsInArrays_NamesTheLimit() =>
        Assert.That(Hints(Laughs("[lol]", (previous, text) => $"[{string.Join(',', Enumerable.Repeat($"${{{previous}}}", 10))}]")), Does.Contain("limit max-expansion"));

    [Test]
    public void Parse_WhenBillionLaughsInObjects_NamesTheLimit() =>
        Assert.That(
            Hints(Laughs("{x = 1}", (previous, text) => $"{{{string.Join(',', Enumerable.Range(0, 10).Select(i => $"k{i} = ${{{previous}}}"))}}}")),
            Does.Contain("limit max-expansion"));

    [TestCase("[")]
    [TestCase("{a=")]
    [TestCase("a{")]
    public void Parse_WhenNestedTooDeep_NamesTheLimit(string open) =>
        Assert.That(Hints(string.Concat(Enumerable.Repeat(open, 100_000))), Does.Contain("limit max-depth"));

    [Test]
    public void Parse_WhenPathTooDeep_NamesTheLimit() =>
        Assert.That(Hints(string.Join('.', Enumerable.Repeat("a", 100_000)) + " = 1"), Does.Contain("limit max-depth"));

    [Test]
    public void Parse_WhenSubstitutionsNestContainersTooDeep_NamesTheLimit()
    {
        var text = new StringBuilder("a0 = [1]\n");
        for (int i = 1; i < 1000; i++)
        {
            text.Append($"a{i} = [${{a{i - 1}}}]\n");
        }

        Assert.That(Hints(text.ToString()), Does.Contain("limit max-depth"));
    }

    [Test]
    public void Parse_WhenSubstitutionChainTooLong_NamesTheLimit()
    {
        var text = new StringBuilder();
        for (int i = 0; i < 100_000; i++)
        {
            text.Append($"a{i} = ${{a{i + 1}}}\n");
        }

        Assert.That(Hints(text.ToString()), Does.Contain("limit max-substitution-depth"));
    }

    [Test]
    public void Parse_WhenPathsBranchAtEachSubstitution_NamesTheLimit()
    {
        var text = new StringBuilder("x {}\nx = ${a0.y}\n");
        for (int i = 0; i < 60; i++)
        {
            text.Append($"a{i} = ${{a{i + 1}}}\na{i} = ${{a{i + 1}}}\n");
        }

        var result = HoconParser.TryParse(text.Append("a60 { z = 1 }\n").ToString(), options: new HoconOptions { Limits = new HoconLimits { MaxExpansion = 100_000 } });

        Assert.That(result.Diagnostics.Select(d => d.Hint), Does.Contain("limit max-expansion"));
    }

    [Test]
    public void Parse_WhenTooLarge_NamesTheLimit()
    {
        var options = new HoconOptions { Limits = new HoconLimits { MaxBytes = 100 } };

        Assert.That(HoconParser.TryParse(new string(' ', 101), options: options).Diagnostics.Single().Hint, Is.EqualTo("limit max-bytes"));
    }

    [Test]
    public void Parse_WhenEveryLineIsWrong_StopsAtTheErrorLimit()
    {
        var diagnostics = HoconParser.TryParse(string.Concat(Enumerable.Repeat("!\n", 10_000))).Diagnostics;

        Assert.That(diagnostics, Has.Length.EqualTo(HoconLimits.Default.MaxErrors + 1));
    }

    [Test]
    public void Parse_WhenAppendedManyTimes_NeitherRecursesNorCopiesEachTime()
    {
        const int Count = 20_000;
        var plain = HoconParser.Parse(string.Concat(Enumerable.Range(0, Count).Select(i => $"a += {i}\n")));
        var concatenated = HoconParser.Parse("a = []\n" + string.Concat(Enumerable.Range(0, Count).Select(i => $"a = ${{a}} [{i}]\n")));
        var merged = HoconParser.Parse("a = {}\n" + string.Concat(Enumerable.Range(0, Count).Select(i => $"a = ${{a}} {{k{i} = {i}}}\n")));

        var substituted = HoconParser.Parse("x = 7\n" + string.Concat(Enumerable.Repeat("a += ${x}\n", Count)) + "b = ${a}\nb += 8");

        Assert.That(plain.GetArray("a"), Has.Count.EqualTo(Count));
        Assert.That(substituted.GetArray("a"), Has.Count.EqualTo(Count));
        Assert.That(substituted.GetArray("b"), Has.Count.EqualTo(Count + 1));
        Assert.That(concatenated.GetArray("a"), Has.Count.EqualTo(Count));
        Assert.That(merged.GetObject("a"), Has.Count.EqualTo(Count));
    }

    [Test]
    public void Parse_WhenTextIsExtendedManyTimes_DoesNotRecurse()
    {
        var root = HoconParser.Parse("a = x\n" + string.Concat(Enumerable.Repeat("a = ${a}y\n", 400)));

        Assert.That(root.GetString("a"), Has.Length.EqualTo(401));
    }

    private static string Laughs(string seed, Func<string, string, string> next)
    {
        var text = new StringBuilder($"a0 = {seed}\n");
        for (int i = 1; i < 20; i++)
        {
            text.Append($"a{i} = {next($"a{i - 1}", seed)}\n");
        }

        return text.ToString();
    }

    private static IEnumerable<string?> Hints(string text) => HoconParser.TryParse(text).Diagnostics.Select(d => d.Hint);
}
