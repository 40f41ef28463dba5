namespace Eco.Runtime.Hocon;

/// <summary>A field of an object.</summary>
public sealed class HoconField
{
    private readonly HoconPlace _keyPlace;

    internal HoconField(in HoconEntry entry)
    {
        Key = entry.Key;
        Value = entry.Value;
        _keyPlace = entry.KeyPlace;
    }

    /// <summary>The name.</summary>
    public string Key { get; }

    /// <summary>The value.</summary>
    public HoconNode Value { get; }

    /// <summary>Where the name was last written.</summary>
    public HoconPosition KeyPosition => _keyPlace.Position;
}
