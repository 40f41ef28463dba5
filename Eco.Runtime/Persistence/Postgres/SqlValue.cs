namespace Eco.Runtime.Persistence.Postgres;

/// <summary>The value of a parameter. A type of its own, because an array of texts would else pass for several parameters.</summary>
internal readonly record struct SqlValue(object Value)
{
    public static implicit operator SqlValue(string? value) => new((object?)value ?? DBNull.Value);

    public static implicit operator SqlValue(long value) => new(value);

    public static implicit operator SqlValue(int value) => new(value);

    public static implicit operator SqlValue(int? value) => new((object?)value ?? DBNull.Value);

    public static implicit operator SqlValue(bool value) => new(value);

    public static implicit operator SqlValue(double value) => new(value);

    public static implicit operator SqlValue(byte[] value) => new(value);

    public static implicit operator SqlValue(Array value) => new(value);
}
