using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Eco.Runtime.Persistence;

/// <summary>Which partition of a database an entity belongs to (design: Who owns what, and what fences).</summary>
public static class Partitioning
{
    /// <summary>SHA-256 of the entity's id, modulo the number of partitions.</summary>
    /// <param name="persistenceId">The entity.</param>
    /// <param name="partitionCount">How many partitions its database has.</param>
    public static int PartitionOf(string persistenceId, int partitionCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitionCount, 1);
        if (partitionCount == 1)
        {
            return 0;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(persistenceId), hash);
        return (int)(BinaryPrimitives.ReadUInt64BigEndian(hash) % (ulong)partitionCount);
    }
}
