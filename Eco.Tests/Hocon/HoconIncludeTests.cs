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
    public void Include_WhenWithinAnArray_LooksAtTheRoot() =>
        Assert.That(Read("x = 1, a = [{ include \"b\" }]", ("b", "y = ${x}")), Is.EqualTo("{x:1,a:[{y:1}]}"));

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
        var result = HoconParser.TryParse(text, "f", new HoconOptions { Includes = new InMemory(files.ToDictionary(f => f.Name, f => f.Text)) });
        return result.Root is null ? result.Diagnostics.First().ToString() : Compact.Write(result.Root);
    }

    private sealed class InMemory(Dictionary<string, string> files) : IIncludeSource
    {
        public IReadOnlyList<IncludedDocument> Find(IncludeRequest request) =>
            files.TryGetValue(request.Name, out string? text) ? [new IncludedDocument(request.Name, Encoding.UTF8.GetBytes(text))] : [];
    }
}
