using System.Buffers.Binary;
using Eco.Engines.Abstractions;

namespace Eco.Engines.Process;

/// <summary>Frames on a stream: four bytes of length, little-endian, and so many bytes.</summary>
public static class EngineFrames
{
    /// <summary>The longest frame; a greater length is refused before anything is allocated.</summary>
    public const int MaximumBytes = 256 << 20;

    /// <summary>Writes a frame.</summary>
    public static async ValueTask WriteAsync(Stream stream, byte[] content, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(content);
        if (content.Length > MaximumBytes)
        {
            throw new PipelineException($"a frame of {content.Length} bytes is longer than {MaximumBytes}; make the model or its checkpoint smaller");
        }

        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, content.Length);
        await stream.WriteAsync(length, cancellation).ConfigureAwait(false);
        await stream.WriteAsync(content, cancellation).ConfigureAwait(false);
        await stream.FlushAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Reads a frame; null where the stream has ended.</summary>
    /// <exception cref="PipelineException">The length cannot be.</exception>
    public static async ValueTask<byte[]?> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(stream);
        byte[] head = new byte[4];
        int got = await stream.ReadAtLeastAsync(head, 4, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        if (got < 4)
        {
            return null;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length is < 1 or > MaximumBytes)
        {
            throw new PipelineException($"a frame says that it is {length} bytes long; 1 to {MaximumBytes} can be");
        }

        byte[] content = new byte[length];
        await stream.ReadExactlyAsync(content, cancellation).ConfigureAwait(false);
        return content;
    }
}
