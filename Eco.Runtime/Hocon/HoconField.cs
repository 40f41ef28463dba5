namespace Eco.Runtime.Hocon;

/// <summary>A field of an object.</summary>
public sealed class HoconField
{
    private readonly string _file;
    private readonly int _line;
    private readonly int _column;

    internal HoconField(string key, HoconNode value, HoconPosition keyPosition)
    {
        Key = key;
        Value = value;
        _file = keyPosition.File;
        _line = keyPosition.Line;
        _column = keyPosition.Column;
    }

    /// <summary>The name.</summary>
    public string Key { get; }

    /// <summary>The value.</summary>
    public HoconNode Value { get; }

    /// <summary>Where the name was last written.</summary>
    public HoconPosition KeyPosition => new(_file, _line, _column);

    internal HoconField With(HoconNode value) => new(Key, value, KeyPosition);
}
