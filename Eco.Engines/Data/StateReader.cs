using System.Buffers.Binary;
using System.Text;
using Eco.Engines.Abstractions;

namespace Eco.Engines.Data;

/// <summary>
/// Reads what <see cref="StateWriter"/> wrote. Trusts nothing: a length that the remaining bytes cannot hold, a number that is not
/// finite or bytes left over end in a <see cref="PipelineException"/> that names the subject and the position.
/// </summary>
internal ref struct StateReader(ReadOnlySpan<byte> bytes, string subject)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position = 0;

    public readonly int Remaining => _bytes.Length - _position;

    public byte Byte() => Take(1)[0];

    public bool Flag() => Byte() switch { 0 => false, 1 => true, byte b => throw Damaged($"a flag is {b}, not 0 or 1") };

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public double Single() => Finite(BinaryPrimitives.ReadSingleLittleEndian(Take(4)));

    public double Double() => Finite(BinaryPrimitives.ReadDoubleLittleEndian(Take(8)));

    /// <summary>A count of things of at least so many bytes each, which the remaining bytes can hold.</summary>
    public int Count(int bytesEach)
    {
        int count = Int32();
        return count >= 0 && (long)count * bytesEach <= Remaining ? count : throw Damaged($"a count of {count} does not fit the {Remaining} bytes left");
    }

    public double[] Doubles()
    {
        double[] values = new double[Count(8)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Double();
        }

        return values;
    }

    /// <summary>Doubles into an array whose length the specification fixes.</summary>
    public void DoublesInto(Span<double> target)
    {
        double[] values = Doubles();
        if (values.Length != target.Length)
        {
            throw Damaged($"{values.Length} numbers stand where {target.Length} belong");
        }

        values.CopyTo(target);
    }

    public ReadOnlySpan<byte> Blob() => Take(Count(1));

    public string Text() => Encoding.UTF8.GetString(Blob());

    public readonly void End()
    {
        if (Remaining != 0)
        {
            throw Damaged($"{Remaining} bytes are left over");
        }
    }

    public readonly PipelineException Damaged(string what) => new($"{subject} is damaged at byte {_position}: {what}");

    private readonly double Finite(double value) => double.IsFinite(value) ? value : throw Damaged("a number is not finite");

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > Remaining)
        {
            throw Damaged($"{count} bytes are needed, {Remaining} are left");
        }

        _position += count;
        return _bytes.Slice(_position - count, count);
    }
}
