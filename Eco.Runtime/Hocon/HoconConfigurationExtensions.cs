using Microsoft.Extensions.Configuration;

namespace Eco.Runtime.Hocon;

/// <summary>Adds HOCON documents to a configuration.</summary>
public static class HoconConfigurationExtensions
{
    /// <summary>Adds a file; later sources override earlier ones.</summary>
    /// <param name="builder">The configuration being built.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">What the file may draw on; null for <see cref="HoconOptions.Default"/>.</param>
    public static IConfigurationBuilder AddHocon(this IConfigurationBuilder builder, string path, HoconOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HoconConfigurationSource { Load = () => HoconParser.ParseFile(path, options) });
    }

    /// <summary>Adds a tree that is already parsed.</summary>
    public static IConfigurationBuilder AddHocon(this IConfigurationBuilder builder, HoconObject root)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(root);
        return builder.Add(new HoconConfigurationSource { Load = () => root });
    }
}
