using System.Collections.Immutable;
using System.Text;
using Eco.Runtime.Hocon;
using NUnit.Framework;

namespace Eco.Tests.Hocon;

public sealed class HoconIncludeTests
{
    [TestCase("include \"b\"")]
    [TestCase("include file(\"b\")")]
    [TestCase("include file( \"b\" )")]
    [TestCase("include required(\"b\")")]
    [TestCase("include required(file(\"b\"))")]
    [TestCase("include url(\"b\")")]
    [TestCase("include classpath(\"b\")")]
    [TestCase("include\n\n \"b\"")]
    public void Include_WhenWrittenInAnyForm_PutsTheFieldsInPlace(string statement) =>
        Assert.That(Read($"x = 0, y = 0\n{statement}\nz = 2", ("b", "x = 1, z = 1")), Is.EqualTo("{x:1,y:0,z:2}"));

    [Test]
    public void Include_WhenMerged_FollowsTheRulesOfDuplicateKeys() =>
        Assert.That(Read("a { x = 1, p = 1 }, include \"b\", a { y = 3 }", ("b", "a { x = 2, y = 2 }")), Is.EqualTo("{a:{x:2,p:1,y:3}}"));

    [Test]
    public void Include_WhenSubstitutionInside_LooksAtItsOwnRootFirstThenAtTheWhole()
    {
        Assert.That(Read("a { include \"b\" }", ("b", "x = 10, y = ${x}")), Is.EqualTo("{a:{x:10,y:10}}"));
        Assert.That(Read("a { include \"b\" }, a { x = 42 }", ("b", "x = 10, y = ${x}")), Is.EqualTo("{a:{x:42,y:42}}"));
        Assert.That(Read("x = 7, a { include \"b\" }", ("b", "y = ${x}")), Is.EqualTo("{x:7,a:{y:7}}"));
        Assert.That(Read("x = [0], a { include \"b\" }", ("b", "x = ${x} [1]")), Is.EqualTo("{x:[0],a:{x:[0,1]}}"));
        Assert.That(Read("a.b { include \"b\" }", ("b", "c { include \"c\" }"), ("c", "x = 1, y = ${x}")), Is.EqualTo("{a:{b:{c:{x:1,y:1}}}}"));
    }

    [Test]
    public void Include_WhenMissing_IsIgnoredUnlessRequired()
    {
        Assert.That(Read("a = 1, include \"nope\""), Is.EqualTo("{a:1}"));
        Assert.That(Read("a = 1\ninclude required(\"nope\")"), Is.EqualTo("f:2:1: the required document 'nope' does not exist (correct the name; it is looked up beside the including file)"));
    }

    [Test]
    public void Include_WhenRootIsArray_IsAnError() =>
        Assert.That(Read("include \"b\"", ("b", "[1]")), Does.StartWith("b:1:1: an included document must hold an object"));

    [Test]
    public void Include_WhenContentIsWrong_NamesTheIncludedFile() =>
        Assert.That(Read("include \"b\"", ("b", "a = 1\nb !")), Does.StartWith("b:2:3:"));

    [Test]
    public void Include_WhenCyclic_PrintsTheCycle() =>
        Assert.That(Read("include \"b\"", ("b", "include \"c\""), ("c", "\ninclude \"b\"")), Does.StartWith("c:2:1: include cycle: b -> c -> b"));

    [Test]
    public void Include_WhenTooMany_NamesTheLimit() =>
        Assert.That(Read(string.Concat(Enumerable.Repeat("include \"b\"\n", 300)), ("b", "x = 1")), Does.Contain("limit max-includes"));

    [Test]
    public void Include_WhenTooDeep_NamesTheLimit()
    {
        var files = Enumerable.Range(0, 100).Select(i => ($"n{i}", $"include \"n{i + 1}\"")).ToArray();

        Assert.That(Read("include \"n0\"", files), Does.Contain("limit max-include-depth"));
    }

    [Test]
    public void Include_WhenNoSource_SaysSo() =>
        Assert.That(HoconParser.TryParse("include \"b\"").Diagnostics.Single().Message, Does.Contain("without a source"));

    [Test]
    public void Include_WhenWithinAnArray_MayHoldNoSubstitutions()
    {
        Assert.That(Read("x = 1, a = [{ z = 1, include \"b\" }]", ("b", "y = 2")), Is.EqualTo("{x:1,a:[{z:1,y:2}]}"));
        Assert.That(Read("x = 1, a = [{ include \"b\" }]", ("b", "y = ${x}")), Does.StartWith("f:1:15: 'b' holds substitutions and cannot be included within an array"));
        Assert.That(Read("x = 1, a = [{ include \"c\" }]", ("b", "y = ${x}"), ("c", "include \"b\"")), Does.StartWith("c:1:1: 'b' holds substitutions"));
    }

    [TestCase("include required(classpath( \n \"b\" ) )", "{x:1}")]
    [TestCase("include required( file(\"b\") )", "{x:1}")]
    [TestCase("include \"b\"\ny = 2", "{x:1,y:2}")]
    [TestCase("include \"b\", y = 2", "{x:1,y:2}")]
    [TestCase("{ include \"b\" }", "{x:1}")]
    [TestCase("include # c\n \"b\"", "{x:1}")]
    [TestCase("include\"b\"", "{x:1}")]
    [TestCase("a.b { include \"b\" }", "{a:{b:{x:1}}}")]
    [TestCase("a = { include \"b\" } { y = ${a.x} }", "{a:{x:1,y:1}}")]
    [TestCase("include \"b\" : 10", null)]
    [TestCase("include \"b\" y = 2", null)]
    [TestCase("include file (\"b\")", null)]
    [TestCase("include file(b)", null)]
    [TestCase("include file(\"b\"", null)]
    [TestCase("include file(\"b\" y", null)]
    [TestCase("include fil(\"b\")", null)]
    [TestCase("include file(required(\"b\"))", null)]
    [TestCase("include required(required(\"b\"))", null)]
    [TestCase("include ${x}", null)]
    [TestCase("include foo", null)]
    [TestCase("include \"b\" \"c\"", null)]
    [TestCase("include required(classpath(\"nope\"))", null)]
    [TestCase("include required(\"d\")", "{}")]
    public void Include_WhenFormIsUnusual_IsReadOrRefused(string text, string? expected)
    {
        string read = Read(text, ("b", "x = 1"), ("d", "include \"nope\""));

        Assert.That(read, expected is null ? Does.StartWith("f:1:") : Is.EqualTo(expected));
    }

    [Test]
    public void Include_WhenInNestedObject_FallsBackToTheRootAndToTheEnvironment()
    {
        Assert.That(
            Read("foo = outer, bar = outer, include \"b\", sub { include \"b\" }", ("b", "bar = inner, a = ${foo}, b = ${bar}, e = ${HOME}")),
            Is.EqualTo("{foo:'outer',bar:'inner',a:'outer',b:'inner',e:'/h',sub:{bar:'inner',a:'outer',b:'inner',e:'/h'}}"));
        Assert.That(Read("x = [0], a { include \"b\" }", ("b", "x += 1")), Is.EqualTo("{x:[0],a:{x:[0,1]}}"));
        Assert.That(Read("a { include \"b\", y = [${a.x}] }, a.x = 5", ("b", "x = 1, z = ${x}")), Is.EqualTo("{a:{x:5,z:5,y:[5]}}"));
    }

    [TestCase("{ \"a.b\": [1, {\"c\": null}], \"d\": \"\\u0041${x}\" }", "{'a.b':[1,{c:null}],d:'A${x}'}")]
    [TestCase("\ufeff{ \"a\": 1 }", "{a:1}")]
    [TestCase("{ \"a\": { \"b\": 1 }, \"c\": { \"b\": 1 } }", "{a:{b:1},c:{b:1}}")]
    [TestCase("", "x.json:1:1: this is not JSON")]
    [TestCase("a = 1", "x.json:1:1: this is not JSON")]
    [TestCase("{ \"a\": 1, }", "x.json:1:11: this is not JSON")]
    [TestCase("{\n  \"a\": 1 # c\n}", "x.json:2:10: this is not JSON")]
    [TestCase("{ \"a\": 1,\n \"a\": 2 }", "x.json:2:2: the name 'a' stands twice in an object")]
    [TestCase("[1]", "x.json:1:1: an included document must hold an object")]
    public void Include_WhenNamedJson_MustBeJson(string content, string expected) =>
        Assert.That(Read("include \"x.json\"", ("x.json", content)), Does.StartWith(expected));

    [Test]
    public void ParseFile_WhenNamedJsonOrProperties_ReadsThatFormat()
    {
        string folder = Directory.CreateTempSubdirectory("eco-hocon").FullName;
        try
        {
            string json = Path.Combine(folder, "a.json");
            string properties = Path.Combine(folder, "a.properties");
            File.WriteAllText(json, "{ \"a\": 1 } # no");
            File.WriteAllText(properties, "a.b = ${x}\na.0=z\rc = d\u0085e\r\nf:\fg");

            Assert.That(HoconParser.TryParseFile(json).Diagnostics.Single().ToString(), Does.Contain("a.json:1:12: this is not JSON"));
            Assert.That(Compact.Write(HoconParser.ParseFile(properties)), Is.EqualTo("{a:{b:'${x}',0:'z'},c:'d\u0085e',f:'g'}"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void FileSource_WhenFilesLieOnDisk_FindsThemBesideTheIncludingFile()
    {
        string folder = Directory.CreateTempSubdirectory("eco-hocon").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "sub"));
            File.WriteAllText(Path.Combine(folder, "main.conf"), "include \"sub/a\"\ninclude \"nothere\"\ninclude classpath(\"/shared.conf\")\ninclude \"other.txt\"");
            File.WriteAllText(Path.Combine(folder, "sub", "a.properties"), "p = 1\nq.r=two\\u0021\nq=lost\nlong = a\\\n   b\n! note\n# note\nkey\\ with\\=signs : v");
            File.WriteAllText(Path.Combine(folder, "sub", "a.json"), "{ \"p\": 2, \"j\": true }");
            File.WriteAllText(Path.Combine(folder, "sub", "a.conf"), "p = 3, include file(\"b.conf\")");
            File.WriteAllText(Path.Combine(folder, "sub", "b.conf"), "b = 1");
            File.WriteAllText(Path.Combine(folder, "shared.conf"), "s = 1");
            File.WriteAllText(Path.Combine(folder, "other.txt"), "t = 1");

            var root = HoconParser.ParseFile(Path.Combine(folder, "main.conf"));

            Assert.That(Compact.Write(root), Is.EqualTo("{p:3,q:{r:'two!'},long:'ab','key with=signs':'v',j:true,b:1,s:1,t:1}"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Read(string text, params (string Name, string Text)[] files)
    {
        var result = HoconParser.TryParse(text, "f", new HoconOptions { Includes = new InMemory(files.ToDictionary(f => f.Name, f => f.Text)), Environment = ImmutableDictionary<string, string>.Empty.Add("HOME", "/h") });
        return result.Root is null ? result.Diagnostics.First().ToString() : Compact.Write(result.Root);
    }

    private sealed class InMemory(Dictionary<string, string> files) : IIncludeSource
    {
        public IReadOnlyList<IncludedDocument> Find(IncludeRequest request) =>
            files.TryGetValue(request.Name, out string? text) ? [new IncludedDocument(request.Name, Encoding.UTF8.GetBytes(text))] : [];
    }
}
