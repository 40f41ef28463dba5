namespace Eco.Runtime.Hocon;

/// <summary>An offset in a text: a position that is not worked out yet.</summary>
internal readonly record struct HoconPlace(HoconSource? Source, int Offset)
{
    public HoconPosition Position => Source?.PositionOf(Offset) ?? default;

    public static implicit operator HoconPosition(HoconPlace place) => place.Position;

    public override string ToString() => Position.ToString();
}
