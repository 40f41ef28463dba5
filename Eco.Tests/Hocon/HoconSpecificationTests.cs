using System.Collections.Immutable;
using Eco.Runtime.Hocon;
using NUnit.Framework;

namespace Eco.Tests.Hocon;

/// <summary>The specification's examples, section by section. The right side is the tree as <see cref="Compact"/> writes it.</summary>
public sealed class HoconSpecificationTests
{
    // Syntax
    [TestCase("", "{}")]
    [TestCase(" \n \n", "{}")]
    [TestCase("# only a comment", "{}")]
    [TestCase("{}", "{}")]
    [TestCase("[]", "[]")]
    [TestCase("[1,\"a\",true,null]", "[1,'a',true,null]")]
    [TestCase("{ \"foo\"\n : \n 42 }", "{foo:42}")]
    [TestCase("a = 1 # one\nb : 2 // two\n#c = 3", "{a:1,b:2}")]
    [TestCase("a = \"#no // comment\"", "{a:'#no // comment'}")]
    [TestCase("a = b//c", "{a:'b'}")]
    [TestCase("a = /b/c", "{a:'/b/c'}")]
    [TestCase("\ufeffa = 1", "{a:1}")]
    [TestCase("a\u00a0= \u20021\u2028", "{a:1}")]
    [TestCase("a = b\0c", "{a:'b\0c'}")]
    // Separators and commas
    [TestCase("\"foo\" {}", "{foo:{}}")]
    [TestCase("foo\n{ bar : 1 }", "{foo:{bar:1}}")]
    [TestCase("{a:1,b:2,}", "{a:1,b:2}")]
    [TestCase("{a:1\nb:2\n,}", "{a:1,b:2}")]
    [TestCase("[1\n2\n3]", "[1,2,3]")]
    [TestCase("[1,2,3,]", "[1,2,3]")]
    [TestCase("[1\n,2]", "[1,2]")]
    [TestCase("a = 1\r\nb = 2\r\n", "{a:1,b:2}")]
    // Duplicate keys
    [TestCase("foo { a : 42 }, foo { b : 43 }", "{foo:{a:42,b:43}}")]
    [TestCase("foo { a : 42 }, foo : null, foo { b : 43 }", "{foo:{b:43}}")]
    [TestCase("a.x : 42, a.y : 43", "{a:{x:42,y:43}}")]
    [TestCase("a = 1, a = [2]", "{a:[2]}")]
    [TestCase("a { b { c = 1 } }, a.b.d = 2, a.b { e = 3 }", "{a:{b:{c:1,d:2,e:3}}}")]
    // Unquoted strings and numbers
    [TestCase("a = truefoo", "{a:'truefoo'}")]
    [TestCase("a = footrue", "{a:'footrue'}")]
    [TestCase("a = 10.0bar", "{a:'10.0bar'}")]
    [TestCase("a = bar10.0", "{a:'bar10.0'}")]
    [TestCase("a = 1e+3", "{a:1e+3}")]
    [TestCase("a = -1.5E-3", "{a:-1.5E-3}")]
    [TestCase("a = 10e3e3", "{a:'10e3e3'}")]
    [TestCase("a = 1-e3", "{a:'1-e3'}")]
    [TestCase("a = -", "{a:'-'}")]
    [TestCase("a = 007", "{a:007}")]
    // Multi-line strings
    [TestCase("a = \"\"\"foo\"\"\"\"", "{a:'foo\"'}")]
    [TestCase("a = \"\"\"x\n  \\n \"q\" y\"\"\"\nb = 1", "{a:'x\n  \\n \"q\" y',b:1}")]
    [TestCase("a = \"\"\"\"\"\"", "{a:''}")]
    // Concatenation
    [TestCase("a =  foo   bar baz  ", "{a:'foo   bar baz'}")]
    [TestCase("a = true false", "{a:'true false'}")]
    [TestCase("a = null x", "{a:'null x'}")]
    [TestCase("a = 1e5 \"x\"", "{a:'1e5 x'}")]
    [TestCase("a : { b : 1 } { c : 2 }", "{a:{b:1,c:2}}")]
    [TestCase("a : [ 1, 2 ] [ 3, 4 ]", "{a:[1,2,3,4]}")]
    [TestCase("[ 1 2 3 4 ]", "['1 2 3 4']")]
    [TestCase("[ [ 1, 2 ] [ 3, 4 ] ]", "[[1,2,3,4]]")]
    [TestCase("[ [ 1, 2 ]\n [ 3, 4 ] ]", "[[1,2],[3,4]]")]
    [TestCase("[ {a:1} {b:2} ]", "[{a:1,b:2}]")]
    // Paths
    [TestCase("foo.bar.baz : 42", "{foo:{bar:{baz:42}}}")]
    [TestCase("foo.\"hello.world\" = 1", "{foo:{'hello.world':1}}")]
    [TestCase("10.0foo = 1", "{10:{0foo:1}}")]
    [TestCase("foo\"10.0\" = 1", "{'foo10.0':1}")]
    [TestCase("1.2.3 = 1", "{1:{2:{3:1}}}")]
    [TestCase("3.14 : 42", "{3:{14:42}}")]
    [TestCase("true : 42", "{true:42}")]
    [TestCase("a b c : 42", "{'a b c':42}")]
    [TestCase("a.\"\".b = 1", "{a:{'':{b:1}}}")]
    [TestCase("{ foo include : 42 }", "{'foo include':42}")]
    [TestCase("{ \"include\" : 42, a = include, includes = 1 }", "{'include':42,a:'include',includes:1}")]
    // Substitutions
    [TestCase("a = ${b}, b = 5", "{a:5,b:5}")]
    [TestCase("a = ${b.c}, b { c = [1] }", "{a:[1],b:{c:[1]}}")]
    [TestCase("a = ${?b}", "{}")]
    [TestCase("a = 1, a = ${?b}", "{a:1}")]
    [TestCase("a = [1, ${?b}, 2]", "{a:[1,2]}")]
    [TestCase("a = x${?b}y", "{a:'xy'}")]
    [TestCase("a = ${?b}${?c}", "{}")]
    [TestCase("a = ${?b} {c = 1}", "{a:{c:1}}")]
    [TestCase("a = ${?b} [1]", "{a:[1]}")]
    [TestCase("a = 7, b = ${a}", "{a:7,b:7}")]
    [TestCase("a = 7, b = ${a} x", "{a:7,b:'7 x'}")]
    [TestCase("a = null, b = ${a}x", "{a:null,b:'nullx'}")]
    [TestCase("g = { s = 6 }, e = ${g} { name = \"east\" }", "{g:{s:6},e:{s:6,name:'east'}}")]
    [TestCase("a = {x = 1}, b = {x = 2, y = 3}, c = ${a} ${b}", "{a:{x:1},b:{x:2,y:3},c:{x:2,y:3}}")]
    [TestCase("x = {q : 10}, y = 5, a = ${x} {q = ${y}}", "{x:{q:10},y:5,a:{q:5}}")]
    [TestCase("a = [1], b = ${a} {\"0\" = 2, \"x\" = 3}", "{a:[1],b:[1,2]}")]
    [TestCase("a = ${\"x.y\"}, \"x.y\" = 1", "{a:1,'x.y':1}")]
    [TestCase("a = ${ b . c }, \"b \" { \" c\" = 1 }", "{a:1,'b ':{' c':1}}")]
    // Self-reference
    [TestCase("path = \"a:b:c\"\npath = ${path}\":d\"", "{path:'a:b:c:d'}")]
    [TestCase("path = [ /bin ]\npath = ${path} [ /usr/bin ]", "{path:['/bin','/usr/bin']}")]
    [TestCase("foo : { a : 1 }\nfoo : ${foo}", "{foo:{a:1}}")]
    [TestCase("foo : ${?foo}", "{}")]
    [TestCase("foo : ${does-not-exist}\nfoo : 42", "{foo:42}")]
    [TestCase("foo : ${foo}, foo : 42", "{foo:42}")]
    [TestCase("foo : { a : { c : 1 } }\nfoo : ${foo.a}\nfoo : { a : 2 }", "{foo:{a:2,c:1}}")]
    [TestCase("bar : { foo : 42, baz : ${bar.foo} }", "{bar:{foo:42,baz:42}}")]
    [TestCase("bar : { foo : 42, baz : ${bar.foo} }\nbar : { foo : 43 }", "{bar:{foo:43,baz:43}}")]
    [TestCase("bar : { a : ${foo.d}, b : 1 }\nbar.b = 3\nfoo : { c : ${bar.b}, d : 2 }\nfoo.d = 4", "{bar:{a:4,b:3},foo:{c:3,d:4}}")]
    [TestCase("a = ${?a}foo", "{a:'foo'}")]
    [TestCase("a = 1, b = 2, a = ${b}, b = ${a}", "{a:1,b:1}")]
    [TestCase("a += b", "{a:['b']}")]
    [TestCase("a = [1], a += 2, a += ${x}, a += 4, x = 3", "{a:[1,2,3,4],x:3}")]
    [TestCase("a { b += 1 }, a { b += 2 }", "{a:{b:[1,2]}}")]
    [TestCase("a += {x = 1}, a += {y = 2}", "{a:[{x:1},{y:2}]}")]
    [TestCase("a { x = 1 }, a = ${b}, b { x = ${nope}, y = 2 }, a { x = 3 }, b { x = 4 }", "{a:{x:3,y:2},b:{x:4,y:2}}")]
    [TestCase("b = { x = 1, y = ${a.x} }, a = ${b}", "{b:{x:1,y:1},a:{x:1,y:1}}")]
    [TestCase("a = ${b}, b = { x = 1, y = ${a.x} }", "{a:{x:1,y:1},b:{x:1,y:1}}")]
    [TestCase("d { a = 1, b = 2 }, i = ${d}, i.b = 3, j.b = ${i.b}", "{d:{a:1,b:2},i:{a:1,b:3},j:{b:3}}")]
    [TestCase("i.b.c = 100\nd { a = 1, b = ${i.b.c} }\ni = ${d}\ni.b = { c : 43 }\nj = ${i.b}", "{i:{b:{c:43},a:1},d:{a:1,b:100},j:{c:43}}")]
    public void Parse_WhenSpecificationExample_GivesItsTree(string text, string expected)
    {
        var result = HoconParser.TryParse(text);

        Assert.That(result.Diagnostics, Is.Empty);
        Assert.That(Compact.Write(result.Root!), Is.EqualTo(expected));
    }

    [TestCase("a = ${X}", "{a:'env'}")]
    [TestCase("a = ${?E}", "{a:''}")]
    [TestCase("a = ${a.b}", "{a:'dotted'}")]
    [TestCase("X = null, a = ${X}", "{X:null,a:null}")]
    [TestCase("a = ${L[]}", "{a:['p','q']}")]
    [TestCase("a = [o] ${?L[]}", "{a:['o','p','q']}")]
    [TestCase("a = [o] ${?M[]}", "{a:['o']}")]
    public void Parse_WhenNotInDocument_LooksInEnvironment(string text, string expected)
    {
        var environment = ImmutableDictionary.CreateRange(new Dictionary<string, string>
        {
            ["X"] = "env", ["E"] = string.Empty, ["a.b"] = "dotted", ["L_0"] = "p", ["L_1"] = "q",
        });

        var result = HoconParser.TryParse(text, options: new HoconOptions { Environment = environment });

        Assert.That(result.Diagnostics, Is.Empty);
        Assert.That(Compact.Write(result.Root!), Is.EqualTo(expected));
    }

    [TestCase("{")]
    [TestCase("}")]
    [TestCase("[")]
    [TestCase("]")]
    [TestCase(",")]
    [TestCase("10")]
    [TestCase("\"foo\"")]
    [TestCase("\"")]
    [TestCase("[,]")]
    [TestCase("[,,]")]
    [TestCase("[1,2,,]")]
    [TestCase("[1,,2]")]
    [TestCase("[,1,2]")]
    [TestCase("{ , }")]
    [TestCase("{ a:1,, b:2 }")]
    [TestCase("{ \"foo\" : ")]
    [TestCase("{ \"foo\" }")]
    [TestCase("{ \"foo\" : }")]
    [TestCase("[ \"foo\" : 10 ]")]
    [TestCase("[:\"foo\"]")]
    [TestCase("{ \"foo\" : 10, true }")]
    [TestCase("{ foo \n bar : 10 }")]
    [TestCase("[ 1, \\")]
    [TestCase("[ \"hello ]")]
    [TestCase("{ \"foo\" , true }")]
    [TestCase("{ \"foo\" : true \"bar\" : false }")]
    [TestCase("[ 10, }]")]
    [TestCase("[ 10, {]")]
    [TestCase("{}x")]
    [TestCase("[]x")]
    [TestCase("{}{}")]
    [TestCase("{}true")]
    [TestCase("[${]")]
    [TestCase("[$]")]
    [TestCase("[$  ]")]
    [TestCase("[${}]")]
    [TestCase("[${?}]")]
    [TestCase("[${ ?foo}]")]
    [TestCase("{ a = [1,2], b = y${a}z }")]
    [TestCase("{ a = {c = 2}, b = y${a}z }")]
    [TestCase("{ a = ${a} }")]
    [TestCase("[ { a = 2, b = ${${a}} } ]")]
    [TestCase("[ = ]")]
    [TestCase("[ + ]")]
    [TestCase("[ # ]")]
    [TestCase("[ ` ]")]
    [TestCase("[ \\ ]")]
    [TestCase("+=")]
    [TestCase("[ += ]")]
    [TestCase("10 +=")]
    [TestCase("[ 10e+3e ]")]
    [TestCase("[ \"foo\nbar\" ]")]
    [TestCase("${ #comment }")]
    [TestCase("{ include foo }")]
    [TestCase("{ include : { a : 1 } }")]
    [TestCase("a=")]
    [TestCase("a: ")]
    [TestCase("a.b=")]
    [TestCase("{ a= }")]
    [TestCase("a = 1 }")]
    [TestCase("a..b = 1")]
    [TestCase(".a = 1")]
    [TestCase("a. = 1")]
    [TestCase("a = ${nope}")]
    [TestCase("a = { b = ${a} }")]
    [TestCase("a = [${a}]")]
    [TestCase("bar = ${foo}, foo = ${bar}")]
    [TestCase("a = ${b}, b = ${c}, c = ${a}")]
    [TestCase("foo = ${foo}, foo = { a = 1 }")]
    [TestCase("a = 1, a += 2")]
    [TestCase("a = [1] {b = 2}")]
    [TestCase("a = [1] x")]
    [TestCase("a = ${b}\" \"${b}, b = [1]")]
    [TestCase("a = \"\\x\"")]
    [TestCase("a = \"\\u12\"")]
    [TestCase("a = \"tab\there\"")]
    [TestCase("a = \"\"\"open")]
    public void Parse_WhenInvalid_Fails(string text)
    {
        var result = HoconParser.TryParse(text);

        Assert.That(result.Root, Is.Null);
        Assert.That(result.Diagnostics, Is.Not.Empty);
    }
}
