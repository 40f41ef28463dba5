using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Eco.Runtime.Persistence;

/// <summary>
/// The closed list of types that may be journalled or sent: each has a stable manifest such as <c>ion.submitted/1</c>, so that renaming
/// a class breaks nothing, and no type name ever travels.
/// </summary>
/// <remarks>
/// Payloads are UTF-8 JSON by source-generated metadata. Unknown fields are ignored at reading; non-finite numbers are refused at
/// writing. Immutable once built, so safe for use by many threads.
/// </remarks>
public sealed class MessageRegistry
{
    private readonly FrozenDictionary<string, JsonTypeInfo> _byManifest;
    private readonly FrozenDictionary<Type, (string Manifest, JsonTypeInfo Info)> _byType;

    private MessageRegistry(IReadOnlyList<(string Manifest, JsonTypeInfo Info)> entries)
    {
        _byManifest = entries.ToFrozenDictionary(entry => entry.Manifest, entry => PayloadContract.Strict(entry.Info), StringComparer.Ordinal);
        _byType = entries.ToFrozenDictionary(entry => entry.Info.Type, entry => entry);
    }

    /// <summary>All manifests, for documentation and tests.</summary>
    public IEnumerable<string> Manifests => _byManifest.Keys.Order(StringComparer.Ordinal);

    /// <summary>The type behind a manifest.</summary>
    internal Type TypeOf(string manifest) => _byManifest[manifest].Type;

    /// <summary>Turns a message into bytes.</summary>
    /// <param name="message">An instance of a registered type.</param>
    /// <returns>The type's manifest and the UTF-8 JSON.</returns>
    /// <exception cref="MessageFormatException">The type is not registered, or a number in it is not finite.</exception>
    public (string Manifest, byte[] Payload) Encode(object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!_byType.TryGetValue(message.GetType(), out (string Manifest, JsonTypeInfo Info) entry))
        {
            throw new MessageFormatException(
                $"{message.GetType()} has no manifest; register it in the message registry of its layer");
        }

        try
        {
            return (entry.Manifest, JsonSerializer.SerializeToUtf8Bytes(message, entry.Info));
        }
        catch (ArgumentException e)
        {
            // System.Text.Json reports NaN and infinities so.
            throw new MessageFormatException($"{entry.Manifest} holds a number that is not finite: {e.Message}", e);
        }
    }

    /// <summary>Turns bytes back into a message.</summary>
    /// <exception cref="MessageFormatException">The manifest is unknown or the bytes are not its JSON.</exception>
    public object Decode(string manifest, ReadOnlySpan<byte> payload)
    {
        if (!_byManifest.TryGetValue(manifest, out JsonTypeInfo? info))
        {
            throw new MessageFormatException($"unknown manifest '{manifest}': it comes from a newer version or is not ours");
        }

        try
        {
            return JsonSerializer.Deserialize(payload, info)
                ?? throw new MessageFormatException($"{manifest} holds null where an object is expected");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            // System.Text.Json reports an abstract record that does not say which one it is as not supported.
            throw new MessageFormatException($"{manifest} is not readable: {e.Message}", e);
        }
    }

    /// <summary>Collects the types of all layers before the system starts.</summary>
    public sealed class Builder
    {
        private readonly List<(string Manifest, JsonTypeInfo Info)> _entries = [];

        /// <summary>Adds a type.</summary>
        /// <param name="manifest">Name and version, such as <c>ion.submitted/1</c>; never reused for another meaning.</param>
        /// <param name="info">The source-generated metadata.</param>
        /// <exception cref="ArgumentException">The manifest has no version, or it or the type is already there.</exception>
        public Builder Add<T>(string manifest, JsonTypeInfo<T> info)
        {
            int slash = manifest.LastIndexOf('/');
            if (slash <= 0 || !int.TryParse(manifest.AsSpan(slash + 1), out int version) || version < 1)
            {
                throw new ArgumentException($"'{manifest}' is not of the form name/version", nameof(manifest));
            }

            if (_entries.Exists(entry => entry.Manifest == manifest || entry.Info.Type == typeof(T)))
            {
                throw new ArgumentException($"'{manifest}' or {typeof(T)} is registered twice", nameof(manifest));
            }

            _entries.Add((manifest, info));
            return this;
        }

        /// <summary>The closed registry.</summary>
        public MessageRegistry Build() => new(_entries);
    }
}
