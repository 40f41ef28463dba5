using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Eco.Runtime.Dispatch;

/// <summary>
/// Random streams derived from one seed: the state of each is SHA-256 of the seed and the purpose, the generator xoshiro256**. Both are
/// fixed by us, so that a seed means the same in every process and every release of the runtime.
/// </summary>
public sealed class SeededRandomSource(ulong seed) : IRandomSource
{
    /// <inheritdoc/>
    public ulong Seed => seed;

    /// <inheritdoc/>
    public Random Stream(string purpose)
    {
        ArgumentNullException.ThrowIfNull(purpose);
        byte[] input = new byte[sizeof(ulong) + Encoding.UTF8.GetByteCount(purpose)];
        BinaryPrimitives.WriteUInt64LittleEndian(input, seed);
        Encoding.UTF8.GetBytes(purpose, input.AsSpan(sizeof(ulong)));
        return new Xoshiro256(SHA256.HashData(input));
    }
}
