using Eco.Host.Output;
using NUnit.Framework;

namespace Eco.Tests.Output;

public sealed class PlainTests
{
    [TestCase(0, "0 B")]
    [TestCase(1023, "1023 B")]
    [TestCase(1536, "1.5 KiB")]
    [TestCase(1L << 30, "1.0 GiB")]
    [TestCase(long.MaxValue, "8388608.0 TiB")]
    public void Bytes_WhenLarge_AreInBinaryUnits(long bytes, string text) => Assert.That(Plain.Bytes(bytes), Is.EqualTo(text));

    [TestCase("agnets", "agents")]
    [TestCase("AGENTS", "agents")]
    [TestCase("ex", "experiment")]
    [TestCase("xyzzy", null)]
    public void Nearest_WhenAWordIsMistyped_FindsWhatWasMeant(string word, string? meant) =>
        Assert.That(Nearest.Of(word, ["agents", "models", "experiment"]), Is.EqualTo(meant));

    [TestCase("", "", 0)]
    [TestCase("abc", "", 3)]
    [TestCase("ab", "ba", 1)]
    [TestCase("kitten", "sitting", 3)]
    public void Distance_WhenTwoWordsDiffer_CountsTypingErrors(string first, string second, int distance)
    {
        Assert.That(Nearest.Distance(first, second), Is.EqualTo(distance));
        Assert.That(Nearest.Distance(second, first), Is.EqualTo(distance));
    }

    [Test]
    public void Table_WhenARowLacksACell_IsRefused() =>
        Assert.That(() => new TextTable("A", "B").Add("1"), Throws.ArgumentException);
}
