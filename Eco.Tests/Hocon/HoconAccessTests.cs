using Eco.Runtime.Hocon;
using Microsoft.Extensions.Configuration;
using NUnit.Framework;

namespace Eco.Tests.Hocon;

public sealed class HoconAccessTests
{
    [TestCase("10", 10)]
    [TestCase("10ms", 10)]
    [TestCase("\" 10 ms \"", 10)]
    [TestCase("2 s", 2_000)]
    [TestCase("1.5 seconds", 1_500)]
    [TestCase("3m", 180_000)]
    [TestCase("1 hour", 3_600_000)]
    [TestCase("2d", 172_800_000)]
    [TestCase("1500us", 1.5)]
    [TestCase("200 nanos", 0.0002)]
    [TestCase("-5s", -5_000)]
    [TestCase("1e3 millis", 1_000)]
    public void GetDuration_WhenAnyUnit_Converts(string text, double milliseconds) =>
        Assert.That(HoconParser.Parse($"a = {text}").GetDuration("a").TotalMilliseconds, Is.EqualTo(milliseconds));

    [TestCase("0.01666666666666666666666m", 1_000)]
    [TestCase("0.00027777777777777777777777777h", 1_000)]
    [TestCase("1.1574074074074073e-05days", 1_000)]
    [TestCase("1d", 86_400_000)]
    [TestCase("0.5s", 500)]
    [TestCase("\"+4878955355435272204ns\"", 4878955355435.2722)]
    [TestCase("-4878955355435272204ns", -4878955355435.2722)]
    [TestCase("1 nano", 0)]
    [TestCase("100 nanosecond", 0.0001)]
    [TestCase("1 microsecond", 0.001)]
    [TestCase("1 millisecond", 1)]
    [TestCase("1 second", 1_000)]
    [TestCase("1 minute", 60_000)]
    [TestCase("1 hours", 3_600_000)]
    [TestCase("1 day", 86_400_000)]
    [TestCase(".5 minutes", 30_000)]
    public void GetDuration_WhenAnySpelling_Converts(string text, double milliseconds) =>
        Assert.That(HoconParser.Parse($"a = {text}").GetDuration("a").TotalMilliseconds, Is.EqualTo(milliseconds));

    [TestCase("2", 0, 2)]
    [TestCase("1d", 0, 1)]
    [TestCase("365 days", 0, 365)]
    [TestCase("3 weeks", 0, 21)]
    [TestCase("1w", 0, 7)]
    [TestCase("5 mo", 5, 0)]
    [TestCase("12m", 12, 0)]
    [TestCase("12 months", 12, 0)]
    [TestCase("8y", 96, 0)]
    [TestCase("\"   1    year   \"", 12, 0)]
    [TestCase("-1 day", 0, -1)]
    public void GetPeriod_WhenAnyUnit_Converts(string text, int months, int days) =>
        Assert.That(HoconParser.Parse($"a = {text}").GetPeriod("a"), Is.EqualTo(new HoconPeriod(months, days)));

    [TestCase("1.5d", "f:1:5: 'a' is 1.5d, and a period is a whole number of days, weeks, months or years")]
    [TestCase("100 dollars", "f:1:5: 'a' has the unit 'dollars', which is none of d, w, m or mo, y")]
    [TestCase("1 00 days", "f:1:5: 'a' is '1 00 days', not a period such as 3 weeks")]
    [TestCase("[1]", "f:1:5: 'a' is an array, not a period such as 3 weeks")]
    public void GetPeriod_WhenUnfit_SaysWhatItIs(string text, string message) =>
        Assert.That(() => HoconParser.Parse($"a = {text}", "f").GetPeriod("a"), Throws.TypeOf<HoconException>().With.Message.EqualTo(message));

    [Test]
    public void PeriodAfter_WhenMonths_FollowsTheCalendar() =>
        Assert.That(new HoconPeriod(1, 1).After(new DateOnly(2024, 1, 31)), Is.EqualTo(new DateOnly(2024, 3, 1)));

    [TestCase("10", 10)]
    [TestCase("10b", 10)]
    [TestCase("1 kB", 1_000)]
    [TestCase("1K", 1_024)]
    [TestCase("1k", 1_024)]
    [TestCase("2 MiB", 2_097_152)]
    [TestCase("1.5 megabytes", 1_500_000)]
    [TestCase("1 gibibyte", 1_073_741_824)]
    [TestCase("1024Ki", 1 << 20)]
    [TestCase("1024 kibibytes", 1 << 20)]
    [TestCase("0.0009765625g", 1 << 20)]
    [TestCase("0.0009765625 gibibytes", 1 << 20)]
    [TestCase("1000 kilobytes", 1_000_000)]
    [TestCase("\".001 gigabytes\"", 1_000_000)]
    [TestCase("1048576B", 1 << 20)]
    [TestCase("1 T", 1L << 40)]
    [TestCase("1Pi", 1L << 50)]
    [TestCase("1 EiB", 1L << 60)]
    [TestCase("1 exabyte", 1_000_000_000_000_000_000)]
    [TestCase("9223372036854775807 bytes", long.MaxValue)]
    [TestCase("1 Z", 0, false)]
    [TestCase("1 yobibyte", 0, false)]
    [TestCase("9223372036854775808 bytes", 0, false)]
    [TestCase("8e", 8L << 60, false)]
    [TestCase("7E", 7L << 60)]
    public void GetSizeBytes_WhenAnyUnit_Converts(string text, long bytes, bool fits = true)
    {
        var root = HoconParser.Parse($"a = {text}");

        if (fits)
        {
            Assert.That(root.GetSizeBytes("a"), Is.EqualTo(bytes));
        }
        else
        {
            Assert.That(() => root.GetSizeBytes("a"), Throws.TypeOf<HoconException>().With.Message.Contains("larger than"));
        }
    }

    [TestCase("10S", "f:1:5: 'a' has the unit 'S', which is none of ns, us, ms, s, m, h or d")]
    [TestCase("ten", "f:1:5: 'a' is 'ten', not a duration such as 10s")]
    [TestCase("[1]", "f:1:5: 'a' is an array, not a duration such as 10s")]
    [TestCase("1e20 d", "f:1:5: 'a' is 1e20 d, longer than the longest duration, 10675199 days")]
    public void GetDuration_WhenUnfit_SaysWhatItIs(string text, string message) =>
        Assert.That(() => HoconParser.Parse($"a = {text}", "f").GetDuration("a"), Throws.TypeOf<HoconException>().With.Message.EqualTo(message));

    [Test]
    public void Getters_WhenTypesConvert_FollowTheSpecification()
    {
        var root = HoconParser.Parse("n = 1.50, s = \"12\", t = yes, f = off, b = true, l = [a, 1, true], o { \"2\" = c, \"0\" = b, x = y }, d = [1, \"2.5\"], e = 1e3");

        Assert.That(root.GetString("n"), Is.EqualTo("1.50"));
        Assert.That(root.GetInt("s"), Is.EqualTo(12));
        Assert.That(root.GetInt("e"), Is.EqualTo(1_000));
        Assert.That(root.GetDouble("n"), Is.EqualTo(1.5));
        Assert.That(root.GetBool("t"), Is.True);
        Assert.That(root.GetBool("f"), Is.False);
        Assert.That(root.GetString("b"), Is.EqualTo("true"));
        Assert.That(root.GetStringList("l"), Is.EqualTo(["a", "1", "true"]));
        Assert.That(root.GetStringList("o"), Is.EqualTo(["b", "c"]));
        Assert.That(root.GetDoubleList("d"), Is.EqualTo([1, 2.5]));
        Assert.That(root.GetInt("none", 3), Is.EqualTo(3));
    }

    [TestCase("a = null", "f:1:1: 'a' is missing (add it to this object)")]
    [TestCase("b = 1", "f:1:1: 'a' is missing (add it to this object)")]
    [TestCase("a = 1.5", "f:1:5: 'a' is 1.5, not a whole number")]
    [TestCase("a = 3000000000", "f:1:5: 'a' is 3000000000, outside of -2147483648 to 2147483647")]
    [TestCase("a = {}", "f:1:5: 'a' is an object, not a number")]
    [TestCase("a = 1e999", "f:1:5: 'a' is '1e999', which is not a finite number")]
    [TestCase("a = NaN", "f:1:5: 'a' is 'NaN', which is not a finite number")]
    public void GetInt_WhenUnfit_SaysWhatItIs(string text, string message) =>
        Assert.That(() => HoconParser.Parse(text, "f").GetInt("a"), Throws.TypeOf<HoconException>().With.Message.EqualTo(message));

    [Test]
    public void Configuration_WhenBuilt_FlattensPathsAndIndices()
    {
        var configuration = new ConfigurationBuilder().AddHocon(HoconParser.Parse("eco { agents = [a, b], port = 80, none = null }")).Build();

        Assert.That(configuration["eco:agents:1"], Is.EqualTo("b"));
        Assert.That(configuration["ECO:Port"], Is.EqualTo("80"));
        Assert.That(configuration["eco:none"], Is.Null);
    }

    [Test]
    public void Configuration_WhenReloadFails_KeepsTheLastGoodValues()
    {
        string text = "a = 1";
        var provider = new HoconConfigurationProvider(new HoconConfigurationSource { Load = () => HoconParser.Parse(text) });
        provider.Load();
        text = "a = ";

        Assert.That(provider.Load, Throws.TypeOf<HoconException>());
        Assert.That(provider.TryGet("a", out string? value) ? value : null, Is.EqualTo("1"));
    }

    [TestCase("a.b", "a|b")]
    [TestCase("\"a.b\".c", "a.b|c")]
    [TestCase("a b", "a b")]
    public void Path_WhenParsed_SplitsAtUnquotedDots(string path, string elements) =>
        Assert.That(string.Join('|', HoconPath.Parse(path)), Is.EqualTo(elements));

    [TestCase("")]
    [TestCase("a..b")]
    [TestCase("a=")]
    [TestCase("${a}")]
    public void Path_WhenWrong_Fails(string path) => Assert.That(() => HoconPath.Parse(path), Throws.TypeOf<HoconException>());
}
