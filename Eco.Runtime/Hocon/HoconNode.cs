namespace Eco.Runtime.Hocon;

/// <summary>A value of a document: an object, an array or a simple value, with the place where it was written. Immutable once parsed.</summary>
public abstract class HoconNode
{
    private readonly string _file;
    private readonly int _line;
    private readonly int _column;

    private protected HoconNode(HoconPosition position)
    {
        _file = position.File;
        _line = position.Line;
        _column = position.Column;
    }

    /// <summary>Where the value was written; of an object merged from several places, the first.</summary>
    public HoconPosition Position => new(_file, _line, _column);

    /// <summary>The value's type.</summary>
    public abstract HoconKind Kind { get; }

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
