namespace Eco.Runtime.Persistence.Postgres;

/// <summary>Reads an artefact row by row; one of them is in memory.</summary>
/// <param name="rowOf">Reads a row by its number; empty if there is none.</param>
/// <param name="length">The artefact's bytes.</param>
/// <param name="offset">Where to begin.</param>
internal sealed class ArtifactRowStream(Func<int, CancellationToken, Task<byte[]>> rowOf, long length, long offset) : Stream
{
    /// <summary>Bytes of each row but the last.</summary>
    public const int RowBytes = 1 << 20;

    private byte[] _row = [];
    private int _number = -1;
    private long _position = offset;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => length;

    /// <inheritdoc/>
    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= length)
        {
            return 0;
        }

        var number = (int)(_position / RowBytes);
        if (number != _number)
        {
            _row = await rowOf(number, cancellationToken).ConfigureAwait(false);
            _number = number;
        }

        var at = (int)(_position % RowBytes);
        int count = Math.Min(buffer.Length, Math.Max(0, _row.Length - at));
        _row.AsMemory(Math.Min(at, _row.Length), count).CopyTo(buffer);
        _position += count;
        return count;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("rows are read asynchronously");

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
