using System.Collections.Immutable;
using Eco.Runtime.Hocon;
using NUnit.Framework;

namespace Eco.Tests.Hocon;

/// <summary>Sections "Substitutions" and "Self-Referential Substitutions", with the cases that lie between their examples.</summary>
public sealed class HoconSubstitutionTests
{
    // Through objects, forward and backward
    [TestCase(
        "foo = ${bar}, bar = ${a.b.c}, a { b { c = 57, d = ${foo}, e { f = ${foo} } } }, objA = ${a}, objB = ${a.b}, objE = ${a.b.e}, \"foo.bar\" = 37, arr = [${foo}, ${a.b.c}, ${\"foo.bar\"}, ${objB.d}, ${objA.b.e.f}, ${objE.f}], ptr = ${arr}, x { y = ${ptr} }",
        "{foo:57,bar:57,a:{b:{c:57,d:57,e:{f:57}}},objA:{b:{c:57,d:57,e:{f:57}}},objB:{c:57,d:57,e:{f:57}},objE:{f:57},'foo.bar':37,arr:[57,57,37,57,57,57],ptr:[57,57,37,57,57,57],x:{y:[57,57,37,57,57,57]}}")]
    [TestCase("i { a = 10, b = ${j.d} }, j { c = 12, d = 14, e = ${i.a}, f = ${i.b}, g = ${j.f} }", "{i:{a:10,b:14},j:{c:12,d:14,e:10,f:14,g:14}}")]
    [TestCase("\"\" { \"\" { \"\" = 42 } }, a = ${\"\".\"\".\"\"}", "{'':{'':{'':42}},a:42}")]
    [TestCase("a.b = ${c}, c = ${d}, d = { e = ${f} }, f = 1, g = ${a.b.e}", "{a:{b:{e:1}},c:{e:1},d:{e:1},f:1,g:1}")]
    // Optional ones
    [TestCase("a = 42, a = ${?NOT}", "{a:42}")]
    [TestCase("h = 43, a = 42, a = ${?h}", "{h:43,a:43}")]
    [TestCase("a { b = 42 }, a = ${?NOT}", "{a:{b:42}}")]
    [TestCase("h = 43, a { b = 42 }, a = ${?h}", "{h:43,a:43}")]
    [TestCase("a = [1, 2, ${?NOT}]", "{a:[1,2]}")]
    [TestCase("a = { b = ${?NOT}, c = 1 }", "{a:{c:1}}")]
    [TestCase("foo = ${?bar}, bar = ${?a.b.c}, a { b { c = ${?foo} } }", "{a:{b:{}}}")]
    [TestCase("a = foo${?bar}", "{a:'foo'}")]
    [TestCase("bar = bar, a = foo${?bar}", "{bar:'bar',a:'foobar'}")]
    [TestCase("a = [1] ${?bar}", "{a:[1]}")]
    [TestCase("bar = [2], a = [1] ${?bar}", "{bar:[2],a:[1,2]}")]
    [TestCase("a = { x = foo } ${?bar}", "{a:{x:'foo'}}")]
    [TestCase("a = ${?foo} ${?bar}", "{a:' '}")]
    [TestCase("a = \"\"${?foo}${?bar}", "{a:''}")]
    [TestCase("a = ${?foo}${?bar}${?baz}${?woo}", "{}")]
    [TestCase("a = ${?x} y", "{a:' y'}")]
    [TestCase("a = ${?x} [1] ${?y}", "{a:[1]}")]
    // Looking back
    [TestCase("a = 1, a = ${a}2", "{a:'12'}")]
    [TestCase("a.b = 1, a.b = ${a.b}2", "{a:{b:'12'}}")]
    [TestCase("a.b.c = 1, a.b.c = ${a.b.c}2", "{a:{b:{c:'12'}}}")]
    [TestCase("a = 1, b = ${a}, a = ${b}", "{a:1,b:1}")]
    [TestCase("a = 1, b = ${c}, c = ${a}, a = ${b}", "{a:1,b:1,c:1}")]
    [TestCase("a = { b = 5 }, a = ${a}", "{a:{b:5}}")]
    [TestCase("a.b = { c = 5 }, a.b = ${a.b}", "{a:{b:{c:5}}}")]
    [TestCase("a = 1, a = ${a}foo", "{a:'1foo'}")]
    [TestCase("a = ${?b}foo, b = ${?a}", "{a:'foo'}")]
    [TestCase("a = ${?a}foo${?a}", "{a:'foo'}")]
    [TestCase("a = 1, a = ${?a}foo${?a}", "{a:'1foo1'}")]
    [TestCase("a = 1, a = ${a}, a = 2", "{a:2}")]
    [TestCase("a = { b = 5 }, a = ${a}, a = { c = 6 }", "{a:{b:5,c:6}}")]
    [TestCase("a = ${a}, a = 1, a = 2", "{a:2}")]
    [TestCase("a = ${?a}, a = 1, a = 2", "{a:2}")]
    [TestCase("a = 1, a = 2, a = ${a}", "{a:2}")]
    [TestCase("a = { b = { c = 5 } }, a = ${a.b}, a = { b = 2 }", "{a:{b:2,c:5}}")]
    [TestCase("a = { b = { c = 5 } }, a = { x = ${a.b} }, a = { b = 2 }", "{a:{b:2,x:2}}")]
    [TestCase("bar { foo = 43 }, bar { foo = 42, baz = ${bar.foo} }", "{bar:{foo:42,baz:42}}")]
    [TestCase("a = 1, a = ${a}, a = ${a}, a = ${a}", "{a:1}")]
    [TestCase("a = 1, a = ${a}x, a = ${a}y, a = ${a}z", "{a:'1xyz'}")]
    [TestCase("a = { x = 42, y = ${a.x} }", "{a:{x:42,y:42}}")]
    [TestCase("a = 1, a = { x = 42, y = ${a.x} }", "{a:{x:42,y:42}}")]
    [TestCase("a = [1, 2], a = ${a} [3, 4], a = ${a} [5, 6]", "{a:[1,2,3,4,5,6]}")]
    [TestCase("a = { a = 0 }, a = ${a} { b = 1 }, a = ${a} { c = 2 }", "{a:{a:0,b:1,c:2}}")]
    [TestCase("a = { b = 3 }, a = { b = 2 } ${a}", "{a:{b:3}}")]
    [TestCase("a = [2], a = [1] ${a} [3]", "{a:[1,2,3]}")]
    // Objects of several layers, of which some are substitutions
    [TestCase("d { a = 1, b = 2 }, i = ${d}, i.b = 3, j.b = ${i.b}", "{d:{a:1,b:2},i:{a:1,b:3},j:{b:3}}")]
    [TestCase("d { a = 1, b { x = 2, c = 5 } }, i = ${d}, i.b { c = 43 }, j.b = ${i.b}", "{d:{a:1,b:{x:2,c:5}},i:{a:1,b:{x:2,c:43}},j:{b:{x:2,c:43}}}")]
    [TestCase("i.b.c = 100, d { a = ${i.b.c}, b = 2 }, i = ${d}, i.b = { c = 43 }, j.b = ${i.b}", "{i:{b:{c:43},a:100},d:{a:100,b:2},j:{b:{c:43}}}")]
    [TestCase("d { a = 1, b = 2 }, i.b = 7, i = ${d}, j.b = ${i.b}", "{d:{a:1,b:2},i:{b:2,a:1},j:{b:2}}")]
    [TestCase("d { a = ${i.b}, b = 2 }, i.b = 7, i = ${d}, j.b = ${i.b}", "{d:{a:7,b:2},i:{b:2,a:7},j:{b:2}}")]
    [TestCase(
        "z = 15, d3 { m = ${z}, n.o.p = ${z} }, d2 { x = 10, y = 11, asdf = ${z} }, d { a = 1, b = 2 }, al = ${d}, i = 345, i = ${?NOT}, i = ${d3}, i { q = 2 }, i = ${d2}, i = ${al}, i.b = ${d.b}, j.b = ${i.b}, j.d = ${i.n.o.p}",
        "{z:15,d3:{m:15,n:{o:{p:15}}},d2:{x:10,y:11,asdf:15},d:{a:1,b:2},al:{a:1,b:2},i:{m:15,n:{o:{p:15}},q:2,x:10,y:11,asdf:15,a:1,b:2},j:{b:2,d:15}}")]
    [TestCase("d { a = 1, b { c = 31 } }, i = ${d}, i.b { c = 41 }", "{d:{a:1,b:{c:31}},i:{a:1,b:{c:41}}}")]
    [TestCase("d { a = 1 }, i = ${d}, i.c = ${j.d}, j = ${d}, j.d = ${i.a}", "{d:{a:1},i:{a:1,c:1},j:{a:1,d:1}}")]
    [TestCase("c { x = [], x = ${c.x} [1], x = ${c.x} [2] }", "{c:{x:[1,2]}}")]
    [TestCase("d { x = [] }, c { x = ${d.x}, x = ${c.x} [1], x = ${c.x} [2] }", "{d:{x:[]},c:{x:[1,2]}}")]
    [TestCase("d { x = [] }, c = ${d}, c { x = ${c.x} [1], x = ${c.x} [2] }", "{d:{x:[]},c:{x:[1,2]}}")]
    [TestCase("d { x = [] }, c = ${d}, c { x += 1, x += 2 }", "{d:{x:[]},c:{x:[1,2]}}")]
    [TestCase("r { d.x = [] }, q = ${r}, q { d { x = [] }, c = ${q.d}, c { x = ${q.c.x} [1], x = ${q.c.x} [2] } }", "{r:{d:{x:[]}},q:{d:{x:[]},c:{x:[1,2]}}}")]
    [TestCase("a { b = 1 }, a = ${x}, a = null, a { c = 1 }, x { d = 1 }", "{a:{c:1},x:{d:1}}")]
    [TestCase("a = ${x}, x = null, a { c = 1 }", "{a:{c:1},x:null}")]
    [TestCase("a { b = 1 }, a = ${x}, x = 5", "{a:5,x:5}")]
    [TestCase("a = { b = 1 }, a = ${x}, a = { c = 2 }, x = 5", "{a:{c:2},x:5}")]
    // Appending
    [TestCase("a = ${x}, a += ${y}, x = [1], y = 2", "{a:[1,2],x:[1],y:2}")]
    [TestCase("a.b.c = [1], a.b.c += 2", "{a:{b:{c:[1,2]}}}")]
    [TestCase("a { b { c = [1] } }, a { b { c += 2 } }", "{a:{b:{c:[1,2]}}}")]
    [TestCase("a { b { c = [1], c += 2 } }", "{a:{b:{c:[1,2]}}}")]
    [TestCase("x { a += 1, a += 2, a += 3 }", "{x:{a:[1,2,3]}}")]
    [TestCase("a += { b = 1 }, a += { b = 2 }, a += { b = 3 }", "{a:[{b:1},{b:2},{b:3}]}")]
    [TestCase("x { a += { b = 1 }, a += { b = 2 } }", "{x:{a:[{b:1},{b:2}]}}")]
    [TestCase("a += [1], a += [2, 3]", "{a:[[1],[2,3]]}")]
    [TestCase("a = [1], b = ${a}, b += 2", "{a:[1],b:[1,2]}")]
    [TestCase("a { \"0\" = x }, a += y", "{a:['x','y']}")]
    [TestCase("x = [ { a += 1, a += 2 } ]", "{x:[{a:[1,2]}]}")]
    public void Parse_WhenSubstituted_GivesTheSpecifiedTree(string text, string expected)
    {
        var result = HoconParser.TryParse(text);

        Assert.That(result.Diagnostics, Is.Empty);
        Assert.That(Compact.Write(result.Root!), Is.EqualTo(expected));
    }

    [TestCase("a = ${b}, b = ${a}")]
    [TestCase("foo = ${bar}, bar = ${a.b.c}, a { b { c = ${foo} } }, o = ${?foo}")]
    [TestCase("a = ${b}, b = ${c}, c = ${d}, d = ${a}")]
    [TestCase("a = 1, a = [${a}, 2]")]
    [TestCase("a = 1, a = { x = ${a} }")]
    [TestCase("a { b = ${a.b} }")]
    [TestCase("a { b { c = ${a} } }")]
    public void Parse_WhenCyclic_PrintsTheCycle(string text)
    {
        var diagnostics = HoconParser.TryParse(text, "f").Diagnostics;

        Assert.That(diagnostics.Select(d => d.ToString()), Has.Some.Matches("cannot be resolved without itself|is not defined, neither before this line"));
    }

    [TestCase("a = { x = y }, a += 2")]
    [TestCase("a = 10, a += 2")]
    [TestCase("a = abc, a += 2")]
    [TestCase("a = null, a += 2")]
    [TestCase("a = foo${bar}")]
    [TestCase("a = [${bar}]")]
    [TestCase("a { b = ${bar} }")]
    [TestCase("bar { x = 1 }, a = ${bar.y}")]
    [TestCase("bar = 1, a = ${bar.y}")]
    [TestCase("bar = [{ y = 1 }], a = ${bar.y}")]
    public void Parse_WhenUndefinedOrUnfit_Fails(string text) => Assert.That(HoconParser.TryParse(text).Diagnostics, Is.Not.Empty);

    [TestCase("HOME = null, a = ${HOME}", "{HOME:null,a:null}")]
    [TestCase("a = ${HOME}", "{a:'/h'}")]
    [TestCase("a = fallback, a = ${?HOME}", "{a:'/h'}")]
    [TestCase("a = fallback, a = ${?NOPE}", "{a:'fallback'}")]
    [TestCase("HOME = doc, a = ${HOME}", "{HOME:'doc',a:'doc'}")]
    [TestCase("HOME = ${HOME}, a = ${HOME}", "{HOME:'/h',a:'/h'}")]
    [TestCase("a = ${PORT} x", "{a:'80 x'}")]
    [TestCase("a = ${?LIST[]}", "{a:['p','q']}")]
    [TestCase("a = [o], a = ${?a} ${?LIST[]}", "{a:['o','p','q']}")]
    [TestCase("a = ${?NOPE[]}", "{}")]
    [TestCase("a = [x], a = ${?NOPE[]}", "{a:['x']}")]
    [TestCase("LIST = [doc], a = ${LIST[]}", "{LIST:['doc'],a:['doc']}")]
    [TestCase("a = ${LIST[]}, b = ${?LIST}", "{a:['p','q']}")]
    public void Parse_WhenNotInDocument_LooksInEnvironment(string text, string expected) =>
        Assert.That(WithEnvironment(text), Is.EqualTo(expected));

    [TestCase("a = ${NOPE[]}")]
    [TestCase("HOME += x")]
    [TestCase("HOME = ${HOME} [x]")]
    [TestCase("HOME = ${?HOME} [x]")]
    public void Parse_WhenEnvironmentDoesNotFit_Fails(string text) => Assert.That(WithEnvironment(text), Does.Contain("f:1:"));

    private static string WithEnvironment(string text)
    {
        var environment = ImmutableDictionary.CreateRange(new Dictionary<string, string> { ["HOME"] = "/h", ["PORT"] = "80", ["LIST_0"] = "p", ["LIST_1"] = "q", ["LIST_3"] = "hidden" });
        var result = HoconParser.TryParse(text, "f", new HoconOptions { Environment = environment });
        return result.Root is null ? result.Diagnostics[0].ToString() : Compact.Write(result.Root);
    }
}
