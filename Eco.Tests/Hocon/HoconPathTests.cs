using Eco.Runtime.Hocon;
using NUnit.Framework;

namespace Eco.Tests.Hocon;

/// <summary>Sections "Path expressions" and "Paths as keys".</summary>
public sealed class HoconPathTests
{
    [TestCase("a", "a")]
    [TestCase("a.b", "a|b")]
    [TestCase("\"a.b\"", "a.b")]
    [TestCase("\"a.\"", "a.")]
    [TestCase("\".b\"", ".b")]
    [TestCase("true", "true")]
    [TestCase("null.false", "null|false")]
    [TestCase(" a ", "a")]
    [TestCase(" a .b", "a |b")]
    [TestCase(" a . b", "a | b")]
    [TestCase(" a  b", "a  b")]
    [TestCase("a.\"b.c\".d", "a|b.c|d")]
    [TestCase("3.14", "3|14")]
    [TestCase("3.14.159", "3|14|159")]
    [TestCase("a3.14", "a3|14")]
    [TestCase("\"\"", "")]
    [TestCase("a.\"\".b", "a||b")]
    [TestCase("a.\"\"", "a|")]
    [TestCase("\"\".b", "|b")]
    [TestCase(" \"\".\"\".\"\" ", "||")]
    [TestCase("a-c", "a-c")]
    [TestCase("a_c", "a_c")]
    [TestCase("-", "-")]
    [TestCase("-10", "-10")]
    [TestCase("foo10.0", "foo10|0")]
    [TestCase("10.0foo", "10|0foo")]
    [TestCase("10.0", "10|0")]
    [TestCase("1.2.3.4", "1|2|3|4")]
    [TestCase("1e5", "1e5")]
    [TestCase("a\"b\"c.d", "abc|d")]
    [TestCase("a \"b\" c", "a b c")]
    [TestCase("/x/y", "/x/y")]
    [TestCase("\u00e4.\u4e16", "\u00e4|\u4e16")]
    public void Parse_WhenPath_SplitsAtUnquotedDots(string path, string elements)
    {
        Assert.That(string.Join('|', HoconPath.Parse(path)), Is.EqualTo(elements));
        Assert.That(HoconPath.Parse(HoconPath.Render(HoconPath.Parse(path))), Is.EqualTo(HoconPath.Parse(path)));
    }

    [TestCase("")]
    [TestCase(" ")]
    [TestCase("  \n   \n  ")]
    [TestCase("a.")]
    [TestCase(".b")]
    [TestCase("a..b")]
    [TestCase(".")]
    [TestCase("..")]
    [TestCase("a${b}c")]
    [TestCase("\"\".")]
    [TestCase(".\"\"")]
    [TestCase("a\nb")]
    [TestCase("a = b")]
    [TestCase("a:b")]
    [TestCase("a+b")]
    [TestCase("{a}")]
    [TestCase("[0]")]
    [TestCase("a#b")]
    [TestCase("\"a")]
    public void Parse_WhenNoPath_Fails(string path) => Assert.That(() => HoconPath.Parse(path), Throws.TypeOf<HoconException>());

    [TestCase("/a/b/c : 42, x/y/z : 32", "{'/a/b/c':42,'x/y/z':32}")]
    [TestCase("0.1.2.3 = x", "{0:{1:{2:{3:'x'}}}}")]
    [TestCase("0.1.2.3.ABC = x", "{0:{1:{2:{3:{ABC:'x'}}}}}")]
    [TestCase("foo baz { bar : 42 }", "{'foo baz':{bar:42}}")]
    [TestCase("foo.bar \n : bar", "{foo:{bar:'bar'}}")]
    [TestCase("foo  bar : bar", "{'foo  bar':'bar'}")]
    [TestCase("null : 1, false : 2", "{null:1,false:2}")]
    [TestCase("1e+3 = x", "{1e+3:'x'}")]
    [TestCase("\"a\" b = 1", "{'a b':1}")]
    [TestCase("a\u00a0b = 1", "{'a\u00a0b':1}")]
    [TestCase("\ufeffa\ufeff= 1", "{a:1}")]
    [TestCase("a\n=\n1", "{a:1}")]
    [TestCase("a # c\n = # d\n 1", "{a:1}")]
    [TestCase("a\n\n{ b = 1 }", "{a:{b:1}}")]
    [TestCase("a += \n 1", "{a:[1]}")]
    [TestCase("include.x = 1", "{'include':{x:1}}")]
    [TestCase("includes = 1, \"include\" = 2, x include = 3", "{includes:1,'include':2,'x include':3}")]
    [TestCase("a { include.b = include }", "{a:{'include':{b:'include'}}}")]
    [TestCase("a = [include, include x]", "{a:['include','include x']}")]
    [TestCase("a = include \"x\"", "{a:'include x'}")]
    [TestCase("x { include = 1 }", null)]
    [TestCase("include : 1", null)]
    [TestCase("include { a = 1 }", null)]
    [TestCase("include += 1", null)]
    [TestCase("foo \n bar : 10", null)]
    [TestCase("a.b. = 1", null)]
    [TestCase("{ : 10 }", null)]
    [TestCase("${a} = 1", null)]
    [TestCase("a${b} = 1", null)]
    [TestCase("[a] = 1", null)]
    [TestCase("a + = 1", null)]
    public void Parse_WhenKey_FollowsThePathRules(string text, string? expected)
    {
        var result = HoconParser.TryParse(text);

        string? written = result.Root is null ? null : Compact.Write(result.Root).Replace("'1e+3'", "1e+3", StringComparison.Ordinal);
        Assert.That(written, Is.EqualTo(expected), result.Diagnostics.FirstOrDefault()?.ToString());
    }

    [TestCase("a", "a")]
    [TestCase("a|b", "a.b")]
    [TestCase("", "\"\"")]
    [TestCase("a|", "a.\"\"")]
    [TestCase("a.b|c", "\"a.b\".c")]
    [TestCase("a b", "\"a b\"")]
    [TestCase("a\"b", "\"a\\\"b\"")]
    [TestCase("a-b_1", "a-b_1")]
    public void Render_WhenElements_QuotesWhatNeedsIt(string elements, string path) => Assert.That(HoconPath.Render(elements.Split('|')), Is.EqualTo(path));
}
