namespace Eco.Runtime.Hocon;

/// <summary>A simple value: null, a boolean, a number or text.</summary>
public sealed class HoconValue : HoconNode
{
    private readonly HoconKind _kind;

    /// <summary>Makes a value.</summary>
    /// <param name="kind">Any kind but array and object.</param>
    /// <param name="text">The text; of a number, boolean or null as it was written.</param>
    /// <param name="position">Where it stands.</param>
    public HoconValue(HoconKind kind, string text, HoconPosition position)
        : base(position)
    {
        if (kind is HoconKind.Array or HoconKind.Object)
        {
            throw new ArgumentOutOfRangeException(nameof(kind), kind, "A simple value is neither an array nor an object.");
        }

        ArgumentNullException.ThrowIfNull(text);
        _kind = kind;
        Text = text;
    }

    /// <inheritdoc/>
    public override HoconKind Kind => _kind;

    /// <summary>The text; of a number, boolean or null as it was written.</summary>
    public string Text { get; }

    internal override bool IsResolved => true;

    /// <inheritdoc/>
    public override string ToString() => Text;
}
