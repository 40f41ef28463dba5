using Eco.Runtime.Hocon;
using NUnit.Framework;

namespace Eco.Tests.Hocon;

/// <summary>Sections "Value concatenation", "String value concatenation", "Array and object concatenation" and what they say about lines.</summary>
public sealed class HoconConcatenationTests
{
    [TestCase("a = null bar 42 baz true 3.14 \"hi\"", "{a:'null bar 42 baz true 3.14 hi'}")]
    [TestCase("a = \"x\" \"y\"", "{a:'x y'}")]
    [TestCase("a = \"x\"\"y\"", "{a:'xy'}")]
    [TestCase("a = \" x \" y ", "{a:' x  y'}")]
    [TestCase("a = x \t\u00a0 y", "{a:'x \t\u00a0 y'}")]
    [TestCase("a = 1 2 // c", "{a:'1 2'}")]
    [TestCase("a = 1.50 2.00", "{a:'1.50 2.00'}")]
    [TestCase("a = 1.50\"\"", "{a:'1.50'}")]
    [TestCase("a = [foo bar 10]", "{a:['foo bar 10']}")]
    [TestCase("a = [foo\nbar\n10]", "{a:['foo','bar',10]}")]
    [TestCase("c = [1 2 3]", "{c:['1 2 3']}")]
    [TestCase("c = [ \"4\" \"5\" \"6\" ]", "{c:['4 5 6']}")]
    [TestCase("a = { b = 1 } { b = 2 } { b = 3 } { b = 4 }", "{a:{b:4}}")]
    [TestCase("a = ${x} { b = 1 } ${y}, x { a = 0 }, y { c = 2 }", "{a:{a:0,b:1,c:2},x:{a:0},y:{c:2}}")]
    [TestCase("a = ${x} [3, 4] ${y}, x = [1, 2], y = [5, 6]", "{a:[1,2,3,4,5,6],x:[1,2],y:[5,6]}")]
    [TestCase("a = [1,2\n ] [3,4]", "{a:[1,2,3,4]}")]
    [TestCase("a = { b : c\n } { x : y }", "{a:{b:'c',x:'y'}}")]
    [TestCase("a = [ { b : c } { x : y } ]", "{a:[{b:'c',x:'y'}]}")]
    [TestCase("a = [ { b : c }\n { x : y } ]", "{a:[{b:'c'},{x:'y'}]}")]
    [TestCase("a = [ [1,2] [3,4] ]", "{a:[[1,2,3,4]]}")]
    [TestCase("a = [ [1,2]\n[3,4] ]", "{a:[[1,2],[3,4]]}")]
    [TestCase("x = ${foo}${bar}, foo { a = 1 }, bar { b = 2 }", "{x:{a:1,b:2},foo:{a:1},bar:{b:2}}")]
    [TestCase("x = ${foo} ${bar}, foo = [1], bar = [2]", "{x:[1,2],foo:[1],bar:[2]}")]
    [TestCase("x = ${foo}${bar}, foo = 1, bar = a", "{x:'1a',foo:1,bar:'a'}")]
    [TestCase("a = [] []", "{a:[]}")]
    [TestCase("a = {} {}", "{a:{}}")]
    [TestCase("a = {\"1\" = b, \"0\" = a} [c]", "{a:['a','b','c']}")]
    [TestCase("a = [c] {\"0\" = d}", "{a:['c','d']}")]
    [TestCase("a = {\"0\" = x} {\"0\" = y} [z]", "{a:['y','z']}")]
    [TestCase("a = \"\"\"x\"\"\" y", "{a:'x y'}")]
    [TestCase("a.b c = 1", "{a:{'b c':1}}")]
    [TestCase("a = x{}y", null)]
    [TestCase("a = abc { x : y }", null)]
    [TestCase("a = null { x : y }", null)]
    [TestCase("a = abc [1, 2]", null)]
    [TestCase("a = { x : y } [1]", null)]
    [TestCase("a = [1] { x : y }", null)]
    [TestCase("a = abc ${x}, x { y = z }", null)]
    [TestCase("a = abc ${x}, x = [1]", null)]
    [TestCase("a = [1,2]\n [3,4]", null)]
    [TestCase("a = { b : c }\n { x : y }", null)]
    [TestCase("foo = [1], bar = [2], x = ${foo}\"  \"${bar}", null)]
    [TestCase("foo = {}, bar = {}, x = ${foo}\"  \"${bar}", null)]
    [TestCase("a = ${x} {b = 1}, x = 5", null)]
    [TestCase("a = {b = 1} ${x}, x = 5", null)]
    [TestCase("a = {b = 1} ${x}, x = null", null)]
    public void Parse_WhenSideBySide_ConcatenatesOrFails(string text, string? expected)
    {
        var result = HoconParser.TryParse(text);

        Assert.That(result.Root is null ? null : Compact.Write(result.Root), Is.EqualTo(expected), result.Diagnostics.FirstOrDefault()?.ToString());
    }

    // Numbers: whatever a token of digits, signs, dots and e means as a number is one.
    [TestCase("10", HoconKind.Number)]
    [TestCase("-10", HoconKind.Number)]
    [TestCase("1e5", HoconKind.Number)]
    [TestCase("1E-5", HoconKind.Number)]
    [TestCase("007", HoconKind.Number)]
    [TestCase("1.", HoconKind.Number)]
    [TestCase("-.5", HoconKind.Number)]
    [TestCase("1.e3", HoconKind.Number)]
    [TestCase(".5", HoconKind.String)]
    [TestCase("1.0.0", HoconKind.String)]
    [TestCase("1.0.", HoconKind.String)]
    [TestCase("10e3e3", HoconKind.String)]
    [TestCase("1-e3", HoconKind.String)]
    [TestCase("-", HoconKind.String)]
    [TestCase("-foo", HoconKind.String)]
    [TestCase("1-2", HoconKind.String)]
    [TestCase("10s", HoconKind.String)]
    [TestCase("true", HoconKind.Boolean)]
    [TestCase("truer", HoconKind.String)]
    [TestCase("null", HoconKind.Null)]
    [TestCase("nullify", HoconKind.String)]
    [TestCase("True", HoconKind.String)]
    [TestCase("true1e+5", HoconKind.String)]
    public void Parse_WhenUnquoted_GivesItsKindAndKeepsTheText(string text, HoconKind kind)
    {
        HoconParser.Parse($"a = {text}").TryGetField("a", out var field);

        Assert.That((field!.Value.Kind, ((HoconValue)field.Value).Text), Is.EqualTo((kind, text)));
    }

    [TestCase("1+3")]
    [TestCase("10e+3e")]
    [TestCase("-+5")]
    [TestCase("a+b")]
    [TestCase("x = y")]
    [TestCase("a:b")]
    [TestCase("a?b")]
    [TestCase("a!b")]
    [TestCase("a@b")]
    [TestCase("a*b")]
    [TestCase("a&b")]
    [TestCase("a^b")]
    [TestCase("a`b")]
    [TestCase("a\\b")]
    [TestCase("a$b")]
    public void Parse_WhenUnquotedHoldsForbiddenCharacter_Fails(string text) => Assert.That(HoconParser.TryParse($"a = {text}").Root, Is.Null);

    // Quoted strings
    [TestCase("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e4\"", "\"\\/\b\f\n\r\tA\u00e4")]
    [TestCase("\"\\ud83d\\ude00\"", "\ud83d\ude00")]
    [TestCase("\"\ufeff\ufeff\"", "\ufeff\ufeff")]
    [TestCase(" \ufeffbar\ufeff", "bar")]
    [TestCase("\"\u007f\"", "\u007f")]
    [TestCase("\"\"\"\\n\"\"\"", "\\n")]
    [TestCase("\"\"\"\"quoted\"\"\"\"", "\"quoted\"")]
    [TestCase("\"\"\"a\"b\"\"c\"\"\"\"\"", "a\"b\"\"c\"\"")]
    [TestCase("\"\"\"\n  a\n  b\n\"\"\"", "\n  a\n  b\n")]
    [TestCase("\"\"\"\t\u0001\"\"\"", "\t\u0001")]
    [TestCase("\"\"", "")]
    public void Parse_WhenQuoted_Unescapes(string text, string expected) => Assert.That(HoconParser.Parse($"a = {text}").GetString("a"), Is.EqualTo(expected));
}
