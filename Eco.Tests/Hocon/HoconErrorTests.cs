using Eco.Runtime.Hocon;
using NUnit.Framework;

namespace Eco.Tests.Hocon;

public sealed class HoconErrorTests
{
    [TestCase("a = 1\nb c\nd = 2", "f:2:4: '=', ':', '+=' or '{' is expected after the key '\"b c\"', not the end of the line (a field is written key = value)")]
    [TestCase("a = x:y", "f:1:6: ':' cannot stand in an unquoted value (put the text in double quotes, or start the next field on a new line)")]
    [TestCase("a {\n  b = 1\n", "f:1:3: this '{' is never closed (add the missing '}')")]
    [TestCase("a = [1\nb = 2", "f:2:3: '=' cannot stand in an unquoted value (put the text in double quotes, or start the next field on a new line)")]
    [TestCase("a = \"open\nb = 2", "f:1:5: the quoted string is not closed on its line (add the closing quote; text of several lines goes between \"\"\" and \"\"\")")]
    [TestCase("a = 1\n  b = ${nope}", "f:2:7: 'nope' is not defined, neither in the document nor in the environment (define it, or write ${?nope} if it may be missing)")]
    [TestCase("a = ${b}\nb = ${c}\nc = ${a}", "f:3:5: the substitution cannot be resolved without itself: ${b} -> ${c} -> ${a} (break the cycle by giving one of them a value)")]
    [TestCase("a = ${a}", "f:1:5: 'a' is not defined, neither before this line nor in the environment (define it, or write ${?a} if it may be missing)")]
    [TestCase("a = {b = [1]} [2]\nc = [1] x", "f:2:5: an array and text cannot be concatenated (separate them with a comma or a new line)")]
    [TestCase("x = [1], a = ${x} y", "f:1:14: an array and a string (from f:1:19) cannot be concatenated (put the value in brackets to append it)")]
    [TestCase("\n\na..b = 1", "f:3:3: a path has an empty element: a leading, trailing or double dot (write the empty element as \"\" or remove the dot)")]
    [TestCase("include x", "f:1:1: 'include' needs the name of a document (write include \"name\", include file(\"name\") or include required(\"name\"); quote the word to use it as a key)")]
    [TestCase("a = \"\"\"x\ny\"\"\" z", null)]
    [TestCase("a = \"\"\"x\ny\"\"\" !", "f:2:6: '!' cannot stand in an unquoted value (put the text in double quotes)")]
    public void Parse_WhenWrong_SaysWhatWhereAndWhatWouldBeRight(string text, string? expected)
    {
        var diagnostics = HoconParser.TryParse(text, "f").Diagnostics;

        Assert.That(diagnostics.Select(d => d.ToString()), expected is null ? Is.Empty : Does.Contain(expected));
    }

    [Test]
    public void Parse_WhenSeveralLinesAreWrong_ReportsEachOnce()
    {
        const string Text = """
            a = 1
            b ! { x = 1
              y = 2
            }
            c = "open
            d { e = x:y, f = 1 }
            g = 2
            h..i = 3
            """;

        var diagnostics = HoconParser.TryParse(Text, "f").Diagnostics;

        Assert.That(diagnostics.Select(d => (d.Position.Line, d.Position.Column)), Is.EqualTo([(2, 3), (5, 5), (6, 10), (8, 3)]));
    }

    [Test]
    public void Parse_WhenSeveralSubstitutionsAreUndefined_ReportsAll()
    {
        var diagnostics = HoconParser.TryParse("a = ${x}\nb = [${y}]\nc { d = ${z}z }", "f").Diagnostics;

        Assert.That(diagnostics.Select(d => d.Position.Line), Is.EqualTo([1, 2, 3]));
    }

    [Test]
    public void Parse_WhenNotUtf8_NamesTheByteAndItsPlace()
    {
        var diagnostics = HoconParser.TryParse("a = 1\nb = \u00e9"u8[..^1], "f").Diagnostics;

        Assert.That(diagnostics.Single().ToString(), Is.EqualTo("f:2:5: byte 0xC3 is not UTF-8 here (save the file as UTF-8)"));
    }

    [Test]
    public void Parse_WhenValid_KeepsPositions()
    {
        var root = HoconParser.Parse("a {\n  b = [1,\n    xyz]\n  \"c\" = ${a.b}\n}", "f");

        var a = root.GetObject("a");
        Assert.That(a.Position, Is.EqualTo(new HoconPosition("f", 1, 3)));
        Assert.That(a.GetArray("b")[1].Position, Is.EqualTo(new HoconPosition("f", 3, 5)));
        Assert.That(a.TryGetField("c", out var field), Is.True);
        Assert.That(field!.KeyPosition, Is.EqualTo(new HoconPosition("f", 4, 3)));
        Assert.That(field.Value.Position, Is.EqualTo(new HoconPosition("f", 2, 7)));
    }

    [Test]
    public void Parse_WhenRootIsArray_SaysThatAnObjectIsExpected() =>
        Assert.That(() => HoconParser.Parse("[1]", "f"), Throws.TypeOf<HoconException>().With.Message.StartsWith("f:1:1: the document holds an array"));
}
