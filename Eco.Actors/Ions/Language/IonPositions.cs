using Eco.Runtime.Hocon;

namespace Eco.Actors.Ions.Language;

/// <summary>Where the parts of an ION were written, by their paths.</summary>
/// <param name="file">The text's name, for parts that are not in it.</param>
public sealed class IonPositions(string file)
{
    private readonly Dictionary<string, HoconPosition> _positions = new(StringComparer.Ordinal);

    /// <summary>For an ION that does not come from a text.</summary>
    public static IonPositions None { get; } = new("ion");

    /// <summary>Where the part, or else what it belongs to, was written.</summary>
    public HoconPosition Of(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        for (string part = path; part.Length > 0; part = part[..Math.Max(part.LastIndexOf('.'), 0)])
        {
            if (_positions.TryGetValue(part, out var position))
            {
                return position;
            }
        }

        return new HoconPosition(file, 1, 1);
    }

    internal void Keep(string path, HoconPosition position) => _positions[path] = position;
}
