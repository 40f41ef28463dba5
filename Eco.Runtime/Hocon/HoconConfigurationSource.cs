using Microsoft.Extensions.Configuration;

namespace Eco.Runtime.Hocon;

/// <summary>A HOCON file or text as a source of Microsoft.Extensions.Configuration.</summary>
public sealed class HoconConfigurationSource : IConfigurationSource
{
    /// <summary>Gives the tree; called at each load, so that a reload sees a changed file.</summary>
    public required Func<HoconObject> Load { get; init; }

    /// <inheritdoc/>
    public IConfigurationProvider Build(IConfigurationBuilder builder) => new HoconConfigurationProvider(this);
}
