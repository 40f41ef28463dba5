namespace Eco.Actors.Ions.Language;

/// <summary>Bounds of the ION language.</summary>
public static class IonLimits
{
    /// <summary>Nodes of an ION.</summary>
    public const int MaxNodes = 256;

    /// <summary>Components of a node.</summary>
    public const int MaxComponents = 64;

    /// <summary>Links of an ION.</summary>
    public const int MaxLinks = 1024;

    /// <summary>Characters of an id or name.</summary>
    public const int MaxNameLength = 64;

    /// <summary>Characters of a title or another free text outside of settings.</summary>
    public const int MaxTextLength = 200;

    /// <summary>The least interval between steps or firings.</summary>
    public static TimeSpan MinInterval { get; } = TimeSpan.FromMilliseconds(1);

    /// <summary>The greatest interval, deadline or back-off.</summary>
    public static TimeSpan MaxInterval { get; } = TimeSpan.FromDays(366);

    /// <summary>The interval of a continuous node that states none.</summary>
    public static TimeSpan DefaultContinuousInterval { get; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The deadline of merge rounds that state none.</summary>
    public static TimeSpan DefaultDeadline { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether a text is <c>^[a-z0-9][a-z0-9._-]{0,63}$</c>.</summary>
    public static bool IsName(string? text) =>
        text is { Length: > 0 and <= MaxNameLength }
        && char.IsAsciiLetterOrDigit(text[0])
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-');
}
