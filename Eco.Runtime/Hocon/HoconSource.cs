namespace Eco.Runtime.Hocon;

/// <summary>
/// A text that values were read from. It lives as long as they do, so that a value can be a slice of it and a place a single number; which line
/// that number lies on is worked out only when somebody asks, which is mostly for an error.
/// </summary>
internal sealed class HoconSource(string name, string text)
{
    private int[]? _lineStarts;
    private HoconPosition? _only;

    public string Text { get; } = text;

    /// <summary>A place outside of any text at hand.</summary>
    public static HoconPlace At(HoconPosition position) => new(new HoconSource(position.File, string.Empty) { _only = position }, 0);

    /// <summary>The line and column of an offset.</summary>
    public HoconPosition PositionOf(int offset)
    {
        if (_only is { } only)
        {
            return only;
        }

        int[] starts = _lineStarts ??= FindLines(Text);
        int line = Array.BinarySearch(starts, offset);
        line = line < 0 ? ~line - 1 : line;
        return new HoconPosition(name, line + 1, offset - starts[line] + 1);
    }

    private static int[] FindLines(string text)
    {
        var starts = new List<int> { 0 };
        for (int at = text.IndexOf('\n', StringComparison.Ordinal); at >= 0; at = text.IndexOf('\n', at + 1))
        {
            starts.Add(at + 1);
        }

        return [.. starts];
    }
}
