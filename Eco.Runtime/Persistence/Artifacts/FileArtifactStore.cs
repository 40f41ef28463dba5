using Eco.Runtime.Actors;
using Eco.Runtime.Persistence.Journals;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Eco.Runtime.Persistence.Artifacts;

/// <summary>Artefacts as files: <c>ab/abcd...</c>, named by the SHA-256 of their content.</summary>
/// <remarks>
/// One thread does all file work. A file gets its name only when it is complete and on disk (temporary file, sync, rename, sync of the
/// folders), so a crash leaves a whole artefact or none. Each read is verified; storing over a corrupt file mends it. No call blocks: a
/// full queue is answered <see cref="ArtifactFailed"/>, and the request may be made again.
/// </remarks>
public sealed partial class FileArtifactStore : IArtifactStore, IAsyncDisposable
{
    private const string TemporaryFolder = "tmp";
    private readonly FileArtifactStoreOptions _options;
    private readonly ILogger _logger;
    private readonly StorageLoop<(object Request, IActorRef ReplyTo)> _requests;
    private readonly string _root;
    private long _totalBytes;
    private int _disposed;

    private FileArtifactStore(FileArtifactStoreOptions options, ILogger logger, string root, long totalBytes)
    {
        _options = options;
        _logger = logger;
        _root = root;
        _totalBytes = totalBytes;
        _requests = new(
            "artefact store",
            new StorageLoopLimits(options.QueueCapacity, options.QueueCapacityBytes, 1),
            Handle,
            e => Log.Unexpected(_logger, _root, e));
    }

    /// <summary>The size of all artefacts together.</summary>
    public long TotalBytes => Interlocked.Read(ref _totalBytes);

    /// <summary>Opens the folder, makes it where there is none, and removes what an interrupted store left.</summary>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be used.</exception>
    public static FileArtifactStore Open(FileArtifactStoreOptions options, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        string root = Path.GetFullPath(options.Folder);
        string temporary = Path.Combine(root, TemporaryFolder);
        Directory.CreateDirectory(temporary);
        Tidy(temporary);

        long total = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Where(file => ArtifactName.IsValid(Path.GetFileName(file)))
            .Sum(file => new FileInfo(file).Length);
        return new FileArtifactStore(options, logger ?? NullLogger.Instance, root, total);
    }

    /// <inheritdoc/>
    public void Put(PutArtifact request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Content.Length > _options.MaxArtifactBytes)
        {
            Send(replyTo, new ArtifactFailed(request.CorrelationId, null, Text($"{request.Content.Length} bytes are too many for one artefact, at most {_options.MaxArtifactBytes} are allowed")));
            return;
        }

        Post(request, request.Content.Length, replyTo);
    }

    /// <inheritdoc/>
    public void Get(GetArtifact request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!ArtifactName.IsValid(request.Hash))
        {
            Send(replyTo, new ArtifactFailed(request.CorrelationId, request.Hash, "an artefact's name is 64 lower-case hexadecimal digits"));
            return;
        }

        Post(request, 0, replyTo);
    }

    /// <summary>Handles what waits and ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _requests.StopAsync().ConfigureAwait(false);
        }
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private static object Failure(object request, string? hash, string reason) => request switch
    {
        PutArtifact r => new ArtifactFailed(r.CorrelationId, hash, reason),
        GetArtifact r => new ArtifactFailed(r.CorrelationId, hash, reason),
        _ => throw new ArgumentException($"{request.GetType().Name} is no artefact request"),
    };

    private void Post(object request, long bytes, IActorRef replyTo)
    {
        if (!_requests.TryPost((request, replyTo), bytes))
        {
            string reason = Volatile.Read(ref _disposed) != 0 ? "the artefact store is closed" : "too many artefact requests are waiting; try again later";
            Send(replyTo, Failure(request, (request as GetArtifact)?.Hash, reason));
        }
    }

    private void Handle(List<(object Request, IActorRef ReplyTo)> batch)
    {
        foreach ((object request, IActorRef replyTo) in batch)
        {
            string? hash = request is PutArtifact put ? ArtifactName.Of(put.Content) : ((GetArtifact)request).Hash;
            object answer;
            try
            {
                answer = request is PutArtifact store ? Store(store, hash) : Load((GetArtifact)request);
            }
            catch (Exception e)
            {
                Log.RequestFailed(_logger, _root, hash, e);
                answer = Failure(request, hash, e.Message.ReplaceLineEndings(" "));
            }

            Send(replyTo, answer);
        }
    }

    private object Store(PutArtifact request, string hash)
    {
        byte[] content = request.Content;
        string path = PathOf(hash);
        bool exists = File.Exists(path);
        long replaced = exists ? new FileInfo(path).Length : 0;
        if (exists && replaced == content.Length && content.AsSpan().SequenceEqual(File.ReadAllBytes(path)))
        {
            return new ArtifactStored(request.CorrelationId, hash, content.Length);
        }

        if (TotalBytes - replaced + content.Length > _options.MaxTotalBytes)
        {
            return new ArtifactFailed(request.CorrelationId, hash, Text($"the folder holds {TotalBytes} bytes and may hold {_options.MaxTotalBytes}; {content.Length} more do not fit"));
        }

        WriteDurably(path, hash, content);
        return new ArtifactStored(request.CorrelationId, hash, content.Length);
    }

    private void WriteDurably(string path, string hash, byte[] content)
    {
        string folder = Path.GetDirectoryName(path)!;
        string temporary = Path.Combine(_root, TemporaryFolder, hash);
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            DirectorySync.Flush(_root);
        }

        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            lock (_publishing)
            {
                long replaced = File.Exists(path) ? new FileInfo(path).Length : 0;
                File.Move(temporary, path, overwrite: true);
                Interlocked.Add(ref _totalBytes, content.Length - replaced);
            }

            DirectorySync.Flush(folder);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private object Load(GetArtifact request)
    {
        string path = PathOf(request.Hash);
        if (!File.Exists(path))
        {
            return new ArtifactFailed(request.CorrelationId, request.Hash, "there is no such artefact");
        }

        long length = new FileInfo(path).Length;
        if (length > _options.MaxArtifactBytes)
        {
            return new ArtifactFailed(request.CorrelationId, request.Hash, Text($"the file has {length} bytes, at most {_options.MaxArtifactBytes} are read"));
        }

        byte[] content = File.ReadAllBytes(path);
        string actual = ArtifactName.Of(content);
        if (actual == request.Hash)
        {
            return new ArtifactLoaded(request.CorrelationId, request.Hash, content);
        }

        string finding = Text($"its {content.Length} bytes have the hash {actual}");
        Log.Corrupt(_logger, _root, request.Hash, finding);
        return new ArtifactFailed(request.CorrelationId, request.Hash, $"the stored artefact is corrupt: {finding}; store it again");
    }

    private string PathOf(string hash) => Path.Combine(_root, hash[..2], hash);

    private void Send(IActorRef to, object answer)
    {
        try
        {
            to.Tell(answer, ActorRefs.NoSender);
        }
        catch (Exception e)
        {
            Log.ReplyFailed(_logger, _root, answer.GetType().Name, e);
        }
    }
}
