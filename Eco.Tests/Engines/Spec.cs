using System.Collections.Immutable;
using Eco.Engines.Abstractions;
using Eco.Engines.Online;

namespace Eco.Tests.Engines;

/// <summary>Short forms for pipeline specifications in tests.</summary>
internal static class Spec
{
    public static PipelineContext Context(ulong seed = 1, string dataRoot = "", string agent = "agent", params (string Name, string Value)[] labels)
        => new(agent, seed, labels.ToImmutableSortedDictionary(l => l.Name, l => l.Value), dataRoot);

    /// <summary>A component; inputs as <c>port=component.port</c>, settings as <c>name:value</c>, separated by blanks.</summary>
    public static ComponentSpec Component(string name, string type, string inputs = "", params (string Name, string Value)[] settings)
        => new(
            name,
            type,
            inputs.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToImmutableSortedDictionary(
                i => i.Split('=')[0],
                i => new PortReference(i.Split('=')[1].Split('.')[0], i.Split('.')[1])),
            settings.ToImmutableSortedDictionary(s => s.Name, s => s.Value));

    public static PipelineSpec Of(params ComponentSpec[] components) => new([.. components]);

    public static IPipeline Create(PipelineSpec spec, PipelineContext? context = null) => new OnlineEngine().Create(spec, context ?? Context());

    public static StepInput Models(string component, params ModelArtifact[] models)
        => new(ImmutableSortedDictionary<string, ImmutableArray<ModelArtifact>>.Empty.Add(component, [.. models]));

    /// <summary>The edge pipeline of the demonstration.</summary>
    public static PipelineSpec Edge(int emitEvery = 10, int points = 100, int batches = 400) => Of(
        Component("source", "source.moving-clusters", "", ("edge", "label:edge-index"), ("points", $"{points}"), ("batches", $"{batches}")),
        Component("train", "train.kmeans", "rows=source.rows", ("emit-every", $"{emitEvery}")),
        Component("error", "evaluate.centre-error", "rows=source.rows model=train.model"));

    public static PipelineContext EdgeContext(int edge, ulong seed = 1) => Context(seed, "", $"edge-{edge}", ("edge-index", $"{edge}"));
}
