using System.Buffers;
using System.IO.Pipelines;

namespace Eco.Host.ConsoleSocket;

/// <summary>Lines of UTF-8 over a stream, each at most so many bytes. Reading by one caller, writing by many.</summary>
internal sealed class LineChannel : IAsyncDisposable
{
    private static readonly byte[] NewLine = "\n"u8.ToArray();

    private readonly Stream _stream;
    private readonly PipeReader _reader;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly int _maxLineBytes;

    public LineChannel(Stream stream, int maxLineBytes)
    {
        _stream = stream;
        _maxLineBytes = maxLineBytes;
        _reader = PipeReader.Create(stream);
    }

    /// <summary>The next line without its end; null at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">The line is longer than the limit; the channel is of no more use.</exception>
    public async ValueTask<byte[]?> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            ReadResult result = await _reader.ReadAsync(cancellation).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = result.Buffer;
            SequencePosition? end = buffer.PositionOf((byte)'\n');
            long length = end is { } position ? buffer.Slice(0, position).Length : buffer.Length;
            if (length > _maxLineBytes)
            {
                throw new InvalidDataException($"a line is longer than {_maxLineBytes} bytes");
            }

            if (end is { } at)
            {
                byte[] line = buffer.Slice(0, at).ToArray();
                _reader.AdvanceTo(buffer.GetPosition(1, at));
                return line;
            }

            if (result.IsCompleted)
            {
                // A last line without an end was cut off: it is not a line.
                _reader.AdvanceTo(buffer.End);
                return null;
            }

            _reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> line, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await _stream.WriteAsync(line, cancellation).ConfigureAwait(false);
            await _stream.WriteAsync(NewLine, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _reader.CompleteAsync().ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
        _writing.Dispose();
    }
}
