using System.Buffers.Binary;

namespace Eco.Runtime.Persistence.Journals;

/// <summary>
/// The sum, modulo 2^256, of the SHA-256 hashes of a set of rows. It does not depend on their order, so a row's change costs one addition
/// and one subtraction, however many rows there are.
/// </summary>
internal readonly record struct Digest256(ulong A, ulong B, ulong C, ulong D)
{
    public const int Length = 32;

    public static Digest256 Zero => default;

    public static Digest256 Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]));

    /// <summary>What a column holds; null where it is not 32 bytes long, so not a digest.</summary>
    public static Digest256? TryRead(ReadOnlySpan<byte> bytes) => bytes.Length == Length ? Read(bytes) : null;

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, A);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], B);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], C);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], D);
    }

    public static Digest256 operator +(Digest256 left, Digest256 right)
    {
        UInt128 a = (UInt128)left.A + right.A;
        UInt128 b = (UInt128)left.B + right.B + (a >> 64);
        UInt128 c = (UInt128)left.C + right.C + (b >> 64);
        return new((ulong)a, (ulong)b, (ulong)c, unchecked(left.D + right.D + (ulong)(c >> 64)));
    }

    public static Digest256 operator -(Digest256 left, Digest256 right) =>
        left + new Digest256(~right.A, ~right.B, ~right.C, ~right.D) + new Digest256(1, 0, 0, 0);
}
