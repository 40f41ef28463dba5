using System.Collections.Immutable;
using System.Text;
using Eco.Runtime.Hocon;

namespace Eco.Host.Fuzzing.Targets;

/// <summary>HOCON: a tree or errors with places, and a tree that is written out parses to itself.</summary>
internal sealed class HoconTarget : IFuzzTarget
{
    private const int LongestWrittenOut = 2_048;

    private static readonly string[] Documents =
    [
        """"
        # comment
        a { b = 1, c : [1, 2.5e3, "x\ty", true, null], d += ${a.b} } // more
        "q.r" = ${?HOME}/bin
        a { b = 2, e = ${a.c} [3] , f = ${x} { z = 1 } }
        x { y = 10 ms, u = [ {v = 1}
          {v = 2} ] } { k = unquoted text ${a.b} here }
        t = """tripled "text" """
        p = ${p2}, p2 = a, p2 = ${p2}b
        """",
        """
        defaults { image = "eco:1", limits { memory = 64 MiB, cpu = 1.5 } }
        one = ${defaults} { limits.cpu = 2 }
        two = ${one} { name = two, limits { memory = ${?MEMORY} } }
        all = [${one}, ${two}] [${defaults}]
        path = [/bin], path = ${path} [/usr/bin], path += ${defaults.image}
        """,
        """
        include "a", include required(file("b.conf"))
        nested { include "c.json", own = ${from-a} }
        include classpath("d.properties"), list = [{ include "e" }]
        """,
        "{\"a\":{\"b\":[1,2,{\"c\":\"d\\u0041\\n\"}],\"e\":null},\"f\":-1.5e-3,\"g\":[[],{}]}",
        """
        a0 = lol
        a1 = ${a0}${a0}${a0}${a0}
        a2 = [${a1}, ${a1}, ${a1}], a3 = ${a2} ${a2} ${a2}
        a4 { x = ${a3}, y = ${a3} }, a5 { p = ${a4}, q = ${a4} }, a6 = ${a5} ${a4} { x += 1 }
        """,
    ];

    private readonly HoconOptions _options = HoconOptions.Default with
    {
        Environment = ImmutableDictionary<string, string>.Empty.Add("HOME", "/h").Add("LIST_0", "a").Add("LIST_1", "b"),
        Includes = new Library(),
    };

    /// <inheritdoc/>
    public string Name => "hocon";

    /// <inheritdoc/>
    public ImmutableArray<byte[]> Corpus { get; } = [.. Documents.Select(Encoding.UTF8.GetBytes)];

    /// <inheritdoc/>
    public ImmutableArray<string> Tokens { get; } =
    [
        "${", "${?", "${a}", "${?a.b}", "${x} ", "${LIST[]}", "}", "+=", " = ", ":", "{", "[", "]", "\"\"\"", "//", "#", "include ", "include \"a\"\n", "include \"loop\"\n", "required(", "file(\"a\")",
        "a = ${a}\n", "a += ${a}\n", "a.b.c", "a..b", "10ms", "null", "\n", "{a=", "[[", "${a3} ",
    ];

    /// <inheritdoc/>
    public bool Read(byte[] input)
    {
        HoconParseResult result = HoconParser.TryParse(input, "fuzz.conf", _options);
        if (result.Root is null != result.Diagnostics.Length > 0)
        {
            throw new FuzzDefectException(result.Root is null ? "neither a tree nor an error" : "a tree, and errors");
        }

        foreach (HoconDiagnostic diagnostic in result.Diagnostics)
        {
            if (diagnostic.Position.Line < 1 || diagnostic.Position.Column < 1 || diagnostic.Message.Length == 0)
            {
                throw new FuzzDefectException($"an error without a place or a text: {diagnostic}");
            }
        }

        if (result.Root is not null && input.Length <= LongestWrittenOut)
        {
            CheckWriting(result.Root);
        }

        return result.Root is not null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Holds nothing but memory.
    }

    private static void CheckWriting(HoconNode root)
    {
        // A document of a few hundred characters may stand for a tree of many thousands; writing those out is not what is tested here.
        if (Count(root, LongestWrittenOut) < 0)
        {
            return;
        }

        string written = HoconRenderer.Render(root);
        HoconParseResult again = HoconParser.TryParse(written, "written.conf");
        if (again.Root is null || HoconRenderer.Render(again.Root) != written)
        {
            throw new FuzzDefectException($"what was written reads differently: {written}");
        }
    }

    private static int Count(HoconNode node, int left) => node switch
    {
        _ when left < 0 => left,
        HoconObject o => o.Aggregate(left - 1, (sum, field) => Count(field.Value, sum)),
        HoconArray a => a.Aggregate(left - 1, (sum, item) => Count(item, sum)),
        _ => left - 1,
    };

    /// <summary>Documents to include, some of which include others, and one itself.</summary>
    private sealed class Library : IIncludeSource
    {
        private static readonly ImmutableDictionary<string, byte[]> Texts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["a"] = "from-a = 1, x { y = ${from-a} }, include \"b.conf\"",
            ["b.conf"] = "b = [1, 2], b += 3",
            ["c.json"] = "{\"c\":{\"d\":[null]}}",
            ["d.properties"] = "p.q = r\np = lost\\u0041\n# x",
            ["e"] = "e = 1",
            ["loop"] = "include \"loop\"",
        }.ToImmutableDictionary(entry => entry.Key, entry => Encoding.UTF8.GetBytes(entry.Value), StringComparer.Ordinal);

        public IReadOnlyList<IncludedDocument> Find(IncludeRequest request) =>
            Texts.TryGetValue(request.Name, out byte[]? text)
                ? [new IncludedDocument(request.Name, text, request.Name.EndsWith(".properties", StringComparison.Ordinal))]
                : [];
    }
}
