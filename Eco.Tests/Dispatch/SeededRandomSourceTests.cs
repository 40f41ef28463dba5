using Eco.Runtime.Dispatch;
using NUnit.Framework;

namespace Eco.Tests.Dispatch;

internal sealed class SeededRandomSourceTests
{
    private static readonly long[] Golden = [5890244600055005883, 7130344161389543042, 11, 53];

    [Test]
    public void Stream_ForASeedAndPurpose_IsTheSameInEveryProcess()
    {
        Random random = new SeededRandomSource(42).Stream("network/loss");

        // Computed by another implementation of SHA-256 and xoshiro256**; a change would change every recorded experiment.
        Assert.That(
            new[] { random.NextInt64(), random.NextInt64(), random.Next(100), random.Next(100) },
            Is.EqualTo(Golden));
    }

    [Test]
    public void Stream_WhenTheSeedOrPurposeDiffers_Differs()
    {
        long[] firsts =
        [
            new SeededRandomSource(1).Stream("a").NextInt64(),
            new SeededRandomSource(2).Stream("a").NextInt64(),
            new SeededRandomSource(1).Stream("b").NextInt64(),
        ];

        Assert.That(firsts.Distinct().Count(), Is.EqualTo(3));
    }

    [Test]
    public void Stream_WhenAnotherIsAdded_IsNotShifted()
    {
        var source = new SeededRandomSource(1);
        Random a = source.Stream("a");
        _ = source.Stream("b").Next();

        Assert.That(a.NextInt64(), Is.EqualTo(new SeededRandomSource(1).Stream("a").NextInt64()));
    }

    [Test]
    public void Numbers_ForManyDraws_AreEvenAndInRange()
    {
        Random random = new SeededRandomSource(7).Stream("x");
        int[] counts = new int[7];
        double sum = 0;
        for (int i = 0; i < 70_000; i++)
        {
            counts[random.Next(7)]++;
            double d = random.NextDouble();
            Assert.That(d, Is.InRange(0, 1).And.LessThan(1));
            sum += d;
            Assert.That(random.Next(-3, 4), Is.InRange(-3, 3));
            Assert.That(random.NextInt64(long.MinValue, long.MaxValue), Is.LessThan(long.MaxValue));
        }

        Assert.That(counts, Has.All.InRange(9_500, 10_500));
        Assert.That(sum / 70_000, Is.InRange(0.49, 0.51));
    }

    [Test]
    public void NextBytes_ForAnyLength_FillsAll()
    {
        Random random = new SeededRandomSource(7).Stream("x");
        byte[] seen = new byte[11];
        for (int i = 0; i < 50; i++)
        {
            byte[] bytes = new byte[11];
            random.NextBytes(bytes);
            for (int j = 0; j < bytes.Length; j++)
            {
                seen[j] |= bytes[j];
            }
        }

        Assert.That(seen, Has.All.EqualTo(255));
    }

    [Test]
    public void Next_WhenTheRangeIsWrong_IsRefused()
    {
        Random random = new SeededRandomSource(7).Stream("x");

        Assert.That(() => random.Next(-1), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => random.Next(2, 1), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(random.Next(0), Is.Zero);
    }
}
