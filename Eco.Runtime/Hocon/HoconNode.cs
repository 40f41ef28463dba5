namespace Eco.Runtime.Hocon;

/// <summary>
/// A value of a document: an object, an array or a simple value, with the place where it was written. Immutable once parsed. It keeps the text that
/// it was read from.
/// </summary>
public abstract class HoconNode
{
    private readonly HoconSource? _source;
    private readonly int _offset;

    private protected HoconNode(HoconPlace place)
    {
        _source = place.Source;
        _offset = place.Offset;
    }

    /// <summary>Where the value was written; of an object merged from several places, the first.</summary>
    public HoconPosition Position => Place.Position;

    /// <summary>The value's type.</summary>
    public abstract HoconKind Kind { get; }

    internal HoconPlace Place => new(_source, _offset);

    /// <summary>Whether the value holds no substitution any more, at any depth.</summary>
    internal abstract bool IsResolved { get; }

    /// <summary>How error messages name the value's type.</summary>
    internal string KindName => Kind switch
    {
        HoconKind.Null => "null",
        HoconKind.Boolean => "a boolean",
        HoconKind.Number => "a number",
        HoconKind.String => "a string",
        HoconKind.Array => "an array",
        _ => "an object",
    };
}
