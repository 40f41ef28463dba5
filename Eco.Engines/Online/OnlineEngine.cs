using System.Collections.Immutable;
using Eco.Engines.Abstractions;
using Eco.Engines.Online.Components;

namespace Eco.Engines.Online;

/// <summary>
/// The engine named <c>online</c>: incremental learners in managed code, small enough for an edge with 128 MB. docs/engines.md lists its components.
/// </summary>
public sealed class OnlineEngine : IEngine
{
    /// <inheritdoc/>
    public string Name => "online";

    /// <inheritdoc/>
    public ImmutableArray<ComponentDescriptor> Components { get; } = [.. ComponentCatalogue.All.Select(type => type.Descriptor)];

    /// <inheritdoc/>
    public IPipeline Create(PipelineSpec spec, PipelineContext context)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(context);
        return new OnlinePipeline(spec, PipelineAssembly.Assemble(spec, context));
    }
}
