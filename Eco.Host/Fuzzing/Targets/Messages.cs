using Eco.Actors;
using Eco.Runtime.Persistence;

namespace Eco.Host.Fuzzing.Targets;

/// <summary>What every reader of payloads must do.</summary>
internal static class Messages
{
    /// <summary>Reads a payload; what could be read can be written, and reads the same again.</summary>
    /// <exception cref="MessageFormatException">It is refused.</exception>
    /// <exception cref="FuzzDefectException">It came back changed.</exception>
    public static void Check(string manifest, ReadOnlySpan<byte> payload)
    {
        MessageRegistry registry = EcoManifests.Registry;
        (string name, byte[] written) = registry.Encode(registry.Decode(manifest, payload));
        if (name != manifest || !registry.Encode(registry.Decode(name, written)).Payload.AsSpan().SequenceEqual(written))
        {
            throw new FuzzDefectException($"{manifest} came back changed");
        }
    }
}
