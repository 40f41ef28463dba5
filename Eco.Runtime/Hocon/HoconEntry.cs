namespace Eco.Runtime.Hocon;

/// <summary>How an object keeps a field.</summary>
internal readonly struct HoconEntry(string key, HoconNode value, HoconPlace keyPlace)
{
    private readonly HoconSource? _source = keyPlace.Source;
    private readonly int _offset = keyPlace.Offset;

    public string Key { get; } = key;

    public HoconNode Value { get; } = value;

    public HoconPlace KeyPlace => new(_source, _offset);

    public HoconEntry With(HoconNode value) => new(Key, value, KeyPlace);
}
