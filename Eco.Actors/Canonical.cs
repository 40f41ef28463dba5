using System.Text.Json;

namespace Eco.Actors;

/// <summary>
/// Equality of definitions by what they say: records that hold immutable arrays compare those by reference, so their canonical JSON is
/// compared instead.
/// </summary>
public static class Canonical
{
    /// <summary>Whether two registered records say the same.</summary>
    public static bool Same<T>(T left, T right) => Text(left) == Text(right);

    /// <summary>The canonical JSON of a registered record.</summary>
    public static string Text<T>(T value) => JsonSerializer.Serialize(value, typeof(T), EcoJsonContext.Default);
}
