using System.Security.Cryptography;

namespace Eco.Runtime.Persistence.Artifacts;

public sealed partial class FileArtifactStore : IArtifactContent
{
    /// <summary>So many interrupted intakes are kept; the longest untouched go.</summary>
    internal const int MaximumParts = 64;
    private const string PartSuffix = ".part";
    private const int BufferBytes = 128 * 1024;
    private readonly Lock _publishing = new();
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);

    // Of interrupted intakes, as many as are kept; after a restart the next part may say another length, and the hash decides.
    private readonly Dictionary<string, long> _lengths = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Task<ArtifactExtent> FindAsync(string hash, CancellationToken cancellation)
    {
        Require(hash);
        var whole = new FileInfo(PathOf(hash));
        var part = new FileInfo(PartOf(hash));
        return Task.FromResult(whole.Exists ? new ArtifactExtent(whole.Length, 0) : new ArtifactExtent(null, part.Exists ? part.Length : 0));
    }

    /// <inheritdoc/>
    public Task<Stream> ReadAsync(string hash, long offset, CancellationToken cancellation)
    {
        Require(hash);
        string path = PathOf(hash);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException("there is no such artefact", path);
        }

        var stream = new FileStream(path, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan, Share = FileShare.Read | FileShare.Delete });
        stream.Position = offset;
        return Task.FromResult<Stream>(stream);
    }

    /// <inheritdoc/>
    public async Task<IArtifactIntake> TakeAsync(string hash, long length, CancellationToken cancellation, bool anew = false)
    {
        Require(hash);
        if (length < 0 || length > _options.MaxArtifactBytes)
        {
            throw new ArtifactSpaceException(ArtifactTexts.TooLarge(length, _options.MaxArtifactBytes));
        }

        lock (_publishing)
        {
            if (!_open.Add(hash))
            {
                throw new ArtifactBusyException(hash);
            }
        }

        try
        {
            RequireSpace(hash, length);
            NoteLength(hash, length, anew);
            var intake = new Intake(this, hash, length);
            await intake.ResumeAsync(cancellation, anew).ConfigureAwait(false);
            return intake;
        }
        catch
        {
            Close(hash);
            throw;
        }
    }

    /// <inheritdoc/>
    public Task DiscardAsync(string hash, CancellationToken cancellation)
    {
        if (Remove(hash))
        {
            Log.Corrupt(_logger, _root, hash, "its bytes were read and have another hash; it is taken out");
        }

        return Task.CompletedTask;
    }

    /// <summary>Takes an artefact out.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(string hash)
    {
        Require(hash);
        lock (_publishing)
        {
            var file = new FileInfo(PathOf(hash));
            if (!file.Exists)
            {
                return false;
            }

            Interlocked.Add(ref _totalBytes, -file.Length);
            file.Delete();
            return true;
        }
    }

    private static void Require(string hash)
    {
        if (!ArtifactName.IsValid(hash))
        {
            throw new ArgumentException("an artefact's name is 64 lower-case hexadecimal digits", nameof(hash));
        }
    }

    /// <summary>At the start: removes what an interrupted store left, and keeps what an interrupted intake may go on with.</summary>
    private static void Tidy(string temporary)
    {
        foreach (string leftOver in Directory.EnumerateFiles(temporary).Where(file => !file.EndsWith(PartSuffix, StringComparison.Ordinal)))
        {
            File.Delete(leftOver);
        }
    }

    private void NoteLength(string hash, long length, bool anew)
    {
        lock (_publishing)
        {
            if (!anew && _lengths.TryGetValue(hash, out long begun) && begun != length && new FileInfo(PartOf(hash)) is { Exists: true, Length: > 0 })
            {
                throw new ArtifactLengthException(hash, begun, length);
            }

            _lengths[hash] = length;
        }
    }

    private string PartOf(string hash) => Path.Combine(_root, TemporaryFolder, hash + PartSuffix);

    private void RequireSpace(string hash, long length)
    {
        lock (_publishing)
        {
            List<FileInfo> parts = [.. new DirectoryInfo(Path.Combine(_root, TemporaryFolder)).EnumerateFiles("*" + PartSuffix)
                .Where(file => file.Name != hash + PartSuffix)
                .OrderBy(file => file.LastWriteTimeUtc)];
            foreach (FileInfo oldest in parts.Where(file => !_open.Contains(file.Name[..^PartSuffix.Length])).Take(parts.Count - MaximumParts + 1).ToArray())
            {
                oldest.Delete();
                parts.Remove(oldest);
                _lengths.Remove(oldest.Name[..^PartSuffix.Length]);
            }

            long held = TotalBytes + parts.Sum(file => file.Length);
            if (held + length > _options.MaxTotalBytes)
            {
                throw new ArtifactSpaceException(Text($"the folder holds {held} bytes and may hold {_options.MaxTotalBytes}; {length} more do not fit"));
            }
        }
    }

    private void Close(string hash)
    {
        lock (_publishing)
        {
            _open.Remove(hash);
            if (!File.Exists(PartOf(hash)))
            {
                _lengths.Remove(hash);
            }
        }
    }

    private void Publish(string hash, string part, long length)
    {
        string path = PathOf(hash);
        string folder = Path.GetDirectoryName(path)!;
        lock (_publishing)
        {
            if (!Directory.Exists(folder))
            {
                Directory.CreateDirectory(folder);
                DirectorySync.Flush(_root);
            }

            long replaced = File.Exists(path) ? new FileInfo(path).Length : 0;
            File.Move(part, path, overwrite: true);
            DirectorySync.Flush(folder);
            Interlocked.Add(ref _totalBytes, length - replaced);
        }
    }

    private sealed class Intake(FileArtifactStore store, string hash, long length) : IArtifactIntake
    {
        private readonly IncrementalHash _hasher = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly string _path = store.PartOf(hash);
        private FileStream? _file;
        private bool _isClosed;

        public long Received { get; private set; }

        /// <summary>What is there goes into the hash again; it was on a disk that nobody has watched.</summary>
        public async Task ResumeAsync(CancellationToken cancellation, bool anew)
        {
            _file = new FileStream(_path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.Read,
                Options = FileOptions.Asynchronous,
                BufferSize = 0,
            });
            if (anew || _file.Length > length)
            {
                _file.SetLength(0);
            }

            byte[] buffer = new byte[BufferBytes];
            for (int read; (read = await _file.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0; Received += read)
            {
                _hasher.AppendData(buffer, 0, read);
            }
        }

        public Task RestartAsync(CancellationToken cancellation)
        {
            _file!.SetLength(0);
            _file.Position = 0;
            _hasher.GetHashAndReset();
            Received = 0;
            return Task.CompletedTask;
        }

        public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
        {
            if (Received + bytes.Length > length)
            {
                throw new InvalidOperationException(Text($"{Received + bytes.Length} bytes for an artefact of {length}"));
            }

            await _file!.WriteAsync(bytes, cancellation).ConfigureAwait(false);
            _hasher.AppendData(bytes.Span);
            Received += bytes.Length;
        }

        public async Task<string> FinishAsync(CancellationToken cancellation)
        {
            if (Received != length)
            {
                throw new InvalidOperationException(Text($"{Received} of {length} bytes are there"));
            }

            string got = Convert.ToHexStringLower(_hasher.GetHashAndReset());
            if (got == hash)
            {
                _file!.Flush(flushToDisk: true);
            }

            await _file!.DisposeAsync().ConfigureAwait(false);
            if (got == hash)
            {
                store.Publish(hash, _path, length);
            }
            else
            {
                Log.Corrupt(store._logger, store._root, hash, $"what was received has the hash {got}, and is not kept");
                File.Delete(_path);
            }

            return got;
        }

        public async ValueTask DisposeAsync()
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            _hasher.Dispose();
            if (_file is not null)
            {
                await _file.DisposeAsync().ConfigureAwait(false);
            }

            if (Received == 0)
            {
                File.Delete(_path);
            }

            store.Close(hash);
        }
    }
}
