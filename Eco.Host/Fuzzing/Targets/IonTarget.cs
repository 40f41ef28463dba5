using System.Collections.Immutable;
using System.Text;
using Eco.Actors.Ions.Language;
using Eco.Engines.Abstractions;
using Eco.Host.Commands;
using Eco.Host.Composition;
using Eco.Runtime.Hocon;

namespace Eco.Host.Fuzzing.Targets;

/// <summary>ION definitions: a definition, or findings of which one is an error.</summary>
internal sealed class IonTarget : IFuzzTarget
{
    private const string Small = """
        clusters = 4
        ion {
          id = small
          nodes {
            edge {
              engine = online, on { role = edge }, run { continuous { every = 100ms } }
              components {
                source { type = source.moving-clusters, clusters = ${clusters}, edge = "label:edge", batches = 400 }
                learn { type = train.kmeans, from = source, clusters = ${clusters}, decay = 0.9 }
              }
            }
          }
        }
        """;

    private readonly ImmutableSortedDictionary<string, ImmutableArray<ComponentDescriptor>> _engines = EngineCatalogue.Default.Descriptors;

    /// <inheritdoc/>
    public string Name => "ion";

    /// <inheritdoc/>
    public ImmutableArray<byte[]> Corpus { get; } =
    [
        .. new[]
        {
            Small,
            Small.Replace("every = 100ms", "every = 2 s", StringComparison.Ordinal),
            Project(),
        }.Select(Encoding.UTF8.GetBytes),
    ];

    /// <inheritdoc/>
    public ImmutableArray<string> Tokens { get; } =
    [
        "ion", "id", "nodes", "links", "components", "type", "from", "to", "merge", "run", "on", "engine", "online", "source", "train.kmeans", "source.moving-clusters", "every",
        "cron = \"* * * * *\"", "${base}", "-5s", "1e300", "[edge]", "{ a = b }", "label:", "quorum = 0", "= {", "at = []", "policy { approve = manual }",
    ];

    /// <inheritdoc/>
    public bool Read(byte[] input)
    {
        IonParseResult result = IonParser.Read(HoconParser.TryParse(input, "ion.conf"), "ion.conf", _engines);
        bool wrong = result.Diagnostics.Any(diagnostic => diagnostic.Severity == IonSeverity.Error);
        if (result.Definition is null != wrong)
        {
            throw new FuzzDefectException(wrong ? "a definition in spite of errors" : "neither a definition nor an error");
        }

        return !wrong;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Holds nothing but memory.
    }

    private static string Project()
    {
        using Stream source = typeof(NewCommand).Assembly.GetManifestResourceStream("new.ion.conf") ?? throw new InvalidOperationException("this build lacks new.ion.conf");
        using var reader = new StreamReader(source);
        return reader.ReadToEnd();
    }
}
