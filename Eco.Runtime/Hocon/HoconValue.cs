namespace Eco.Runtime.Hocon;

/// <summary>A simple value: null, a boolean, a number or text.</summary>
public sealed class HoconValue : HoconNode
{
    // A slice of the source until somebody asks for the text: its length, above it how far it begins behind the value, above that the kind.
    private const int LengthBits = 26;
    private const int LengthMask = (1 << LengthBits) - 1;
    private const int SkipBits = 2;

    private readonly int _slice;
    private string? _text;

    /// <summary>Makes a value.</summary>
    /// <param name="kind">Any kind but array and object.</param>
    /// <param name="text">The text; of a number, boolean or null as it was written.</param>
    /// <param name="position">Where it stands.</param>
    public HoconValue(HoconKind kind, string text, HoconPosition position)
        : this(kind, text, HoconSource.At(position))
    {
        if (kind is HoconKind.Array or HoconKind.Object)
        {
            throw new ArgumentOutOfRangeException(nameof(kind), kind, "A simple value is neither an array nor an object.");
        }

        ArgumentNullException.ThrowIfNull(text);
    }

    internal HoconValue(HoconKind kind, string text, HoconPlace place)
        : base(place)
    {
        _slice = (int)kind << (LengthBits + SkipBits);
        _text = text;
    }

    /// <summary>A value whose text stands in its source as it is.</summary>
    /// <param name="kind">Any kind but array and object.</param>
    /// <param name="place">Where the value begins.</param>
    /// <param name="skip">The quotes between there and the text: 0, 1 or 3.</param>
    /// <param name="length">The text's length.</param>
    internal HoconValue(HoconKind kind, HoconPlace place, int skip, int length)
        : base(place)
    {
        if (length > LengthMask)
        {
            _text = place.Source!.Text.Substring(place.Offset + skip, length);
            length = 0;
        }

        _slice = ((int)kind << (LengthBits + SkipBits)) | (skip << LengthBits) | length;
    }

    /// <inheritdoc/>
    public override HoconKind Kind => (HoconKind)(_slice >> (LengthBits + SkipBits));

    /// <summary>The text; of a number, boolean or null as it was written.</summary>
    public string Text => _text ??= Place.Source!.Text.Substring(Place.Offset + ((_slice >> LengthBits) & ((1 << SkipBits) - 1)), _slice & LengthMask);

    /// <summary>The text's length, known without the text.</summary>
    internal int Length => _text?.Length ?? (_slice & LengthMask);

    internal override bool IsResolved => true;

    /// <summary>The text, without making a string of it.</summary>
    internal ReadOnlySpan<char> Span =>
        _text is { } text ? text : Place.Source!.Text.AsSpan(Place.Offset + ((_slice >> LengthBits) & ((1 << SkipBits) - 1)), _slice & LengthMask);

    /// <inheritdoc/>
    public override string ToString() => Text;
}
