using System.Collections.Immutable;
using Eco.Runtime.Persistence;

namespace Eco.Host.Fuzzing.Targets;

/// <summary>Snapshots of entities.</summary>
internal sealed class SnapshotTarget(FuzzCorpus corpus) : IFuzzTarget
{
    /// <inheritdoc/>
    public string Name => "snapshot";

    /// <inheritdoc/>
    public ImmutableArray<byte[]> Corpus { get; } = corpus.Snapshots;

    /// <inheritdoc/>
    public ImmutableArray<string> Tokens { get; } = ["\":null", "\":[]", "\":{}", "\":-1", "\":\"\"", ",null", "{\"$type\":\"x\"}", "\"1.0@x\"", "00:00:01", "AAAA", "[[[["];

    /// <inheritdoc/>
    public bool Read(byte[] input)
    {
        StoredRow row = StoredRow.Of(input);
        try
        {
            Messages.Check(row.Manifest, row.Payload);
            return true;
        }
        catch (MessageFormatException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Holds nothing but memory.
    }
}
