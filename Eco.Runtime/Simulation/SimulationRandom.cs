using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Eco.Runtime.Simulation;

/// <summary>
/// The world's own chance (xoshiro256**, Blackman and Vigna 2018): one stream per purpose, derived from the seed by hashing names, so
/// that a link or host that is added never shifts another one's numbers.
/// </summary>
internal sealed class SimulationRandom
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    public SimulationRandom(ulong seed, string purpose)
    {
        Span<byte> digest = stackalloc byte[32];
        Digest(seed, purpose, digest);
        _s0 = BinaryPrimitives.ReadUInt64LittleEndian(digest);
        _s1 = BinaryPrimitives.ReadUInt64LittleEndian(digest[8..]);
        _s2 = BinaryPrimitives.ReadUInt64LittleEndian(digest[16..]);
        _s3 = BinaryPrimitives.ReadUInt64LittleEndian(digest[24..]) | 1; // the all-zero state has no successor
    }

    /// <summary>A seed for something that makes its own streams, such as a host's actor system.</summary>
    public static ulong DeriveSeed(ulong seed, string purpose)
    {
        Span<byte> digest = stackalloc byte[32];
        Digest(seed, purpose, digest);
        return BinaryPrimitives.ReadUInt64LittleEndian(digest);
    }

    public ulong NextUInt64()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>A number from 0 to <paramref name="bound"/> - 1 (multiply-shift; its bias below 2^-32 is of no account here).</summary>
    public int Next(int bound) => (int)(((NextUInt64() >> 32) * (ulong)bound) >> 32);

    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    public bool Chance(double probability) => probability > 0 && NextDouble() < probability;

    public long NextTicks(TimeSpan bound) => (long)(NextDouble() * bound.Ticks);

    private static void Digest(ulong seed, string purpose, Span<byte> digest)
    {
        byte[] text = Encoding.UTF8.GetBytes(purpose);
        byte[] input = new byte[8 + text.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(input, seed);
        text.CopyTo(input, 8);
        SHA256.HashData(input, digest);
    }
}
