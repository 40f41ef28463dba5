namespace Eco.Runtime.Simulation;

/// <summary>The artefacts on a host's disk, by their hash.</summary>
public sealed class SimulatedArtifactStorage
{
    private readonly SortedDictionary<string, byte[]> _content = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, byte[]> _parts = new(StringComparer.Ordinal);

    /// <summary>The hashes that are stored, in order.</summary>
    public IReadOnlyCollection<string> Hashes => _content.Keys;

    /// <summary>Flips a bit of a stored artefact, as a bad disk would.</summary>
    public void Corrupt(string hash)
    {
        byte[] damaged = [.. _content[hash]];
        damaged[damaged.Length / 2] ^= 1;
        _content[hash] = damaged;
    }

    /// <summary>Loses a stored artefact.</summary>
    public bool Delete(string hash) => _content.Remove(hash);

    /// <summary>What is there of an artefact whose transfer has not ended.</summary>
    internal byte[] PartOf(string hash) => _parts.GetValueOrDefault(hash) ?? [];

    internal void SetPart(string hash, byte[] part)
    {
        if (part.Length == 0)
        {
            _parts.Remove(hash);
        }
        else
        {
            _parts[hash] = part;
        }
    }

    internal void Put(string hash, byte[] content) => _content[hash] = content;

    internal bool Contains(string hash) => _content.ContainsKey(hash);

    internal byte[]? Get(string hash) => _content.GetValueOrDefault(hash);
}
