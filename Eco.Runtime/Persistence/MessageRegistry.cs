using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Eco.Runtime.Persistence;

/// <summary>
/// The closed list of types that may be journalled or sent: each has a stable manifest such as <c>ion.submitted/1</c>, so that renaming
/// a class breaks nothing, and no type name ever travels.
/// </summary>
/// <remarks>
/// Payloads are UTF-8 JSON by source-generated metadata. Unknown fields are ignored at reading; non-finite numbers are refused at
/// writing. Immutable once built, so safe for use by many threads. A type's metadata is made when it is first used: most hosts use few of
/// them, and all together take as long as the rest of a start and megabytes.
/// <para>
/// How a form changes: a new field whose absence means what it meant before needs nothing. Any other change makes a new version, and
/// <see cref="Builder.Upcast"/> says how the old one is read; what is written is always the newest.
/// </para>
/// </remarks>
public sealed class MessageRegistry
{
    private readonly FrozenDictionary<string, Reading> _byManifest;
    private readonly FrozenDictionary<Type, Entry> _byType;

    private MessageRegistry(IReadOnlyList<Entry> entries, IReadOnlyDictionary<string, Upcaster> upcasters)
    {
        _byType = entries.ToFrozenDictionary(entry => entry.Type, entry => entry);
        var newest = entries.ToDictionary(entry => entry.Manifest, entry => entry, StringComparer.Ordinal);
        _byManifest = newest.Select(entry => KeyValuePair.Create(entry.Key, new Reading(entry.Value, [])))
            .Concat(upcasters.Keys.Select(old => KeyValuePair.Create(old, ReadingOf(old, newest, upcasters))))
            .ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The manifests that are written, for documentation and tests.</summary>
    public IEnumerable<string> Manifests => _byType.Values.Select(entry => entry.Manifest).Order(StringComparer.Ordinal);

    /// <summary>All manifests that can be read: those that are written, and older ones that upcasters bring up to them.</summary>
    public IEnumerable<string> Readable => _byManifest.Keys.Order(StringComparer.Ordinal);

    /// <summary>Why a manifest cannot be read, and what to do; null if it can.</summary>
    public string? WhyUnreadable(string manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        if (_byManifest.ContainsKey(manifest))
        {
            return null;
        }

        int known = TrySplit(manifest, out string name, out int version)
            ? _byManifest.Keys.Select(key => TrySplit(key, out string other, out int v) && other == name ? v : 0).DefaultIfEmpty().Max()
            : 0;
        return known == 0 ? $"unknown manifest '{manifest}': it comes from a newer version or is not ours"
            : known < version ? string.Create(CultureInfo.InvariantCulture, $"'{manifest}' was written by a newer version; this one reads {name} up to {known}")
            : $"'{manifest}' was never written, or this version can no longer read it";
    }

    /// <summary>The type behind a manifest.</summary>
    internal Type TypeOf(string manifest) => _byManifest[manifest].Entry.Type;

    /// <summary>Turns a message into bytes.</summary>
    /// <param name="message">An instance of a registered type.</param>
    /// <returns>The type's manifest and the UTF-8 JSON.</returns>
    /// <exception cref="MessageFormatException">The type is not registered, or a number in it is not finite.</exception>
    public (string Manifest, byte[] Payload) Encode(object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!_byType.TryGetValue(message.GetType(), out Entry? entry))
        {
            throw new MessageFormatException(
                $"{message.GetType()} has no manifest; register it in the message registry of its layer");
        }

        try
        {
            return (entry.Manifest, JsonSerializer.SerializeToUtf8Bytes(message, entry.Writing));
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
        if (!_byManifest.TryGetValue(manifest, out Reading? reading))
        {
            throw new MessageFormatException(WhyUnreadable(manifest)!);
        }

        try
        {
            object? message = reading.Upcasters.IsEmpty
                ? JsonSerializer.Deserialize(payload, reading.Entry.Reading)
                : reading.BringUp(manifest, payload).Deserialize(reading.Entry.Reading);
            return message ?? throw new MessageFormatException($"{manifest} holds null where an object is expected");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            // System.Text.Json reports an abstract record that does not say which one it is as not supported.
            throw new MessageFormatException($"{manifest} is not readable: {e.Message}", e);
        }
    }

    private static Reading ReadingOf(string old, Dictionary<string, Entry> newest, IReadOnlyDictionary<string, Upcaster> upcasters)
    {
        var chain = ImmutableArray.CreateBuilder<Upcaster>();
        string manifest = old;
        while (upcasters.TryGetValue(manifest, out Upcaster? step))
        {
            if (chain.Count > upcasters.Count)
            {
                throw new ArgumentException($"the upcasters from '{old}' go round in a circle");
            }

            chain.Add(step);
            manifest = step.To;
        }

        return newest.TryGetValue(manifest, out Entry? entry)
            ? new Reading(entry, chain.ToImmutable())
            : throw new ArgumentException($"the upcasters from '{old}' end at '{manifest}', which is not registered");
    }

    private static bool TrySplit(string manifest, out string name, out int version)
    {
        int slash = manifest.LastIndexOf('/');
        name = slash > 0 ? manifest[..slash] : string.Empty;
        version = 0;
        return slash > 0
            && int.TryParse(manifest.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out version)
            && version >= 1;
    }

    private sealed record Upcaster(string To, Func<JsonObject, JsonObject> Change);

    /// <summary>A type that is written.</summary>
    private sealed class Entry(string manifest, Type type, Func<JsonTypeInfo> info)
    {
        private readonly Lazy<JsonTypeInfo> _writing = new(info);
        private readonly Lazy<JsonTypeInfo> _reading = new(() => PayloadContract.Strict(info()));

        public string Manifest => manifest;

        public Type Type => type;

        public JsonTypeInfo Writing => _writing.Value;

        public JsonTypeInfo Reading => _reading.Value;
    }

    private sealed record Reading(Entry Entry, ImmutableArray<Upcaster> Upcasters)
    {
        public JsonObject BringUp(string manifest, ReadOnlySpan<byte> payload)
        {
            JsonObject json = JsonNode.Parse(payload) as JsonObject
                ?? throw new MessageFormatException($"{manifest} holds no JSON object");
            foreach (Upcaster step in Upcasters)
            {
                try
                {
                    json = step.Change(json);
                }
                catch (Exception e) when (e is InvalidOperationException or FormatException or KeyNotFoundException or NullReferenceException)
                {
                    // What a change meets in JSON that is not of the form that it expects.
                    throw new MessageFormatException($"{manifest} cannot be brought up to {step.To}: {e.Message}", e);
                }
            }

            return json;
        }
    }

    /// <summary>Collects the types of all layers before the system starts.</summary>
    public sealed class Builder
    {
        private readonly List<Entry> _entries = [];
        private readonly SortedDictionary<string, Upcaster> _upcasters = new(StringComparer.Ordinal);

        /// <summary>Adds a type.</summary>
        /// <param name="manifest">Name and version, such as <c>ion.submitted/1</c>; never reused for another meaning.</param>
        /// <param name="info">The source-generated metadata.</param>
        /// <exception cref="ArgumentException">The manifest has no version, or it or the type is already there.</exception>
        public Builder Add<T>(string manifest, JsonTypeInfo<T> info) => Add(manifest, () => info);

        /// <summary>Adds a type whose metadata is made when it is first used.</summary>
        /// <param name="manifest">Name and version, such as <c>ion.submitted/1</c>; never reused for another meaning.</param>
        /// <param name="info">Gives the source-generated metadata.</param>
        /// <exception cref="ArgumentException">The manifest has no version, or it or the type is already there.</exception>
        public Builder Add<T>(string manifest, Func<JsonTypeInfo<T>> info)
        {
            Require(manifest, nameof(manifest));
            if (_entries.Exists(entry => entry.Manifest == manifest || entry.Type == typeof(T)))
            {
                throw new ArgumentException($"'{manifest}' or {typeof(T)} is registered twice", nameof(manifest));
            }

            _entries.Add(new Entry(manifest, typeof(T), info));
            return this;
        }

        /// <summary>Says how an older form is read: its JSON becomes that of a newer one, which may itself have an upcaster.</summary>
        /// <param name="from">The manifest that is no longer written.</param>
        /// <param name="to">The next newer one, of the same name or another.</param>
        /// <param name="change">Pure: from the old form's JSON to the new one's. May change and return what it is given.</param>
        /// <exception cref="ArgumentException">A manifest has no version, or <paramref name="from"/> is written or has an upcaster.</exception>
        public Builder Upcast(string from, string to, Func<JsonObject, JsonObject> change)
        {
            ArgumentNullException.ThrowIfNull(change);
            Require(from, nameof(from));
            Require(to, nameof(to));
            if (!_upcasters.TryAdd(from, new Upcaster(to, change)) || _entries.Exists(entry => entry.Manifest == from))
            {
                throw new ArgumentException($"'{from}' is registered twice", nameof(from));
            }

            return this;
        }

        /// <summary>The closed registry.</summary>
        /// <exception cref="ArgumentException">A chain of upcasters does not end at a registered type.</exception>
        public MessageRegistry Build() =>
            _entries.Find(entry => _upcasters.ContainsKey(entry.Manifest)) is { Manifest: { } both }
                ? throw new ArgumentException($"'{both}' is written and has an upcaster")
                : new MessageRegistry(_entries, _upcasters);

        private static void Require(string manifest, string argument)
        {
            if (!TrySplit(manifest, out _, out _))
            {
                throw new ArgumentException($"'{manifest}' is not of the form name/version", argument);
            }
        }
    }
}
