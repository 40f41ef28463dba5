using System.Globalization;
using System.Text;

namespace Eco.Runtime.Actors.Routing;

/// <summary>A hash of keys that is the same in every process and on every machine, which that of <see cref="object"/> is not.</summary>
internal static class ConsistentHash
{
    private const ulong FnvOffset = 14_695_981_039_346_656_037;
    private const ulong FnvPrime = 1_099_511_628_211;

    public static bool TryHash(object key, out ulong hash)
    {
        switch (key)
        {
            case string text:
                hash = Of(text);
                return true;
            case byte[] bytes:
                hash = Of(bytes);
                return true;
            case ReadOnlyMemory<byte> bytes:
                hash = Of(bytes.Span);
                return true;
            case IFormattable value:
                // Numbers, Guid, dates, values of enumerations.
                hash = Of(value.ToString(null, CultureInfo.InvariantCulture));
                return true;
            default:
                hash = 0;
                return false;
        }
    }

    public static ulong Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <summary>FNV-1a, finished as MurmurHash3 does: FNV alone leaves the high bits of similar short keys alike.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        ulong hash = FnvOffset;
        foreach (byte b in bytes)
        {
            hash = (hash ^ b) * FnvPrime;
        }

        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
        return hash ^ (hash >> 33);
    }
}
