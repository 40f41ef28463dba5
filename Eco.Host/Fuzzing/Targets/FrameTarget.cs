using System.Collections.Immutable;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;

namespace Eco.Host.Fuzzing.Targets;

/// <summary>Frames and the messages in them; what was read can be sent on.</summary>
internal sealed class FrameTarget(FuzzCorpus corpus) : IFuzzTarget
{
    /// <inheritdoc/>
    public string Name => "frames";

    /// <inheritdoc/>
    public ImmutableArray<byte[]> Corpus { get; } = corpus.Frames;

    /// <inheritdoc/>
    public ImmutableArray<string> Tokens { get; } =
        ["\"k\":\"m\"", "\"k\":\"a\"", "\"k\":\"g\"", "\"k\":\"t\"", "\"s\":", "\"e\":-1", "\"p\":{}", "\"p\":null", "\"m\":null", "\"h\":\"1.0@x\"", "[[[[", "{\"a\":", ",\"x\":1", "agent/x/1"];

    /// <inheritdoc/>
    public bool Read(byte[] input)
    {
        try
        {
            Frame frame = FrameCodec.Decode(input);
            if (FrameCodec.Decode(FrameCodec.Encode(frame)) is var again && (again with { Payload = frame.Payload }) != frame)
            {
                throw new FuzzDefectException($"a frame came back changed: {frame}, {again}");
            }

            if (frame.Manifest is { } manifest)
            {
                Messages.Check(manifest, frame.Payload);
            }

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
