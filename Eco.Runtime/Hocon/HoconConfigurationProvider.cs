using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Eco.Runtime.Hocon;

/// <summary>
/// The fields of a HOCON document under configuration keys: <c>a { b = [x, y] }</c> becomes <c>a:b:0</c> and <c>a:b:1</c>. Keys are compared
/// without regard to case, as all of that configuration system does. A document that does not parse leaves the last good values in place.
/// </summary>
/// <param name="source">Where the document comes from.</param>
public sealed class HoconConfigurationProvider(HoconConfigurationSource source) : ConfigurationProvider
{
    /// <summary>Reads the document.</summary>
    /// <exception cref="HoconException">It does not parse.</exception>
    public override void Load()
    {
        var data = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        Flatten(data, string.Empty, source.Load());
        Data = data;
    }

    private static void Flatten(Dictionary<string, string?> data, string path, HoconNode node)
    {
        switch (node)
        {
            case HoconObject o:
                foreach (var field in o)
                {
                    Flatten(data, Join(path, field.Key), field.Value);
                }

                break;
            case HoconArray a:
                for (int i = 0; i < a.Count; i++)
                {
                    Flatten(data, Join(path, i.ToString(CultureInfo.InvariantCulture)), a[i]);
                }

                break;
            case HoconValue value:
                data[path] = value.Kind == HoconKind.Null ? null : value.Text;
                break;
        }
    }

    private static string Join(string path, string key) => path.Length == 0 ? key : ConfigurationPath.Combine(path, key);
}
