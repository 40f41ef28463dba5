using System.Collections.Immutable;
using Eco.Engines.Abstractions;
using Eco.Engines.Online;

namespace Eco.Host.Composition;

/// <summary>The engines that this program has. A new engine is added here, and nowhere else.</summary>
/// <param name="Engines">By name.</param>
internal sealed record EngineCatalogue(ImmutableSortedDictionary<string, IEngine> Engines)
{
    public static EngineCatalogue Default { get; } = new(
        new IEngine[] { new OnlineEngine() }.ToImmutableSortedDictionary(engine => engine.Name, engine => engine, StringComparer.Ordinal));

    /// <summary>The component types of each engine, for validation.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<ComponentDescriptor>> Descriptors =>
        Engines.ToImmutableSortedDictionary(entry => entry.Key, entry => entry.Value.Components, StringComparer.Ordinal);
}
