using Eco.Runtime.Actors;
using Eco.Runtime.Persistence.Artifacts;
using Eco.Runtime.Persistence.Journals;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Eco.Runtime.Persistence.Postgres;

/// <summary>Artefacts as rows of 1 MiB in the database that the servers share, so that each of them has them all.</summary>
/// <remarks>
/// One thread owns the only connection. An artefact is stored in one transaction, so there is a whole one or none. Each read is verified; storing
/// over a corrupt artefact mends it. A database that is away is waited for a while; then the answer is <see cref="ArtifactFailed"/>, and the request may
/// be made again.
/// </remarks>
public sealed partial class PostgresArtifactStore : IArtifactStore, IAsyncDisposable
{
    private const int ChunkBytes = 1 << 20;
    private readonly PostgresArtifactOptions _options;
    private readonly ILogger _logger;
    private readonly PostgresSession _session;
    private readonly PostgresRetry _retry;
    private readonly StorageLoop<(object Request, IActorRef ReplyTo)> _requests;
    private readonly ManualResetEvent _stopping = new(false);
    private int _disposed;

    private PostgresArtifactStore(PostgresArtifactOptions options, ILogger logger, PostgresSession session)
    {
        _options = options;
        _logger = logger;
        _session = session;
        _retry = new PostgresRetry(session, options.Database, _stopping);
        _requests = new(
            "postgres artefacts",
            new StorageLoopLimits(options.QueueCapacity, options.QueueCapacityBytes, 1),
            Handle,
            e => LogFailed(_logger, _session.Database, null, e));
    }

    /// <summary>Opens the store; as with the journal an empty database gets its schema, and an older one is refused.</summary>
    /// <exception cref="PostgresOpenException">The database cannot be used.</exception>
    public static PostgresArtifactStore Open(PostgresArtifactOptions options, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new PostgresArtifactStore(options, logger ?? NullLogger.Instance, PostgresOpening.Open(options.Database, "artefacts"));
    }

    /// <inheritdoc/>
    public void Put(PutArtifact request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Content.Length > _options.MaxArtifactBytes)
        {
            Send(replyTo, new ArtifactFailed(request.CorrelationId, null, ArtifactTexts.TooLarge(request.Content.Length, _options.MaxArtifactBytes)));
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

    /// <summary>Handles what waits, and closes the connection. Waits for no database that is away.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _stopping.Set();
        await _requests.StopAsync().ConfigureAwait(false);
        _session.Dispose();
        _stopping.Dispose();
    }

    private static ArtifactFailed Failure(object request, string? hash, string reason) =>
        new(request is PutArtifact put ? put.CorrelationId : ((GetArtifact)request).CorrelationId, hash, reason);

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
            string hash = request is PutArtifact put ? ArtifactName.Of(put.Content) : ((GetArtifact)request).Hash;
            object answer;
            try
            {
                answer = _retry.Run(connection => request is PutArtifact store ? Store(connection, store, hash) : Load(connection, (GetArtifact)request));
            }
            catch (Exception e)
            {
                LogFailed(_logger, _session.Database, hash, e);
                answer = Failure(request, hash, PostgresErrors.Describe(e));
            }

            Send(replyTo, answer);
        }
    }

    private object Store(NpgsqlConnection connection, PutArtifact request, string hash)
    {
        byte[] content = request.Content;
        if (Read(connection, hash) is { } stored)
        {
            if (stored.AsSpan().SequenceEqual(content))
            {
                return new ArtifactStored(request.CorrelationId, hash, content.Length);
            }

            connection.Execute("DELETE FROM artifact WHERE hash = $1", hash);
        }

        long held = connection.Query(row => (long)row.GetDecimal(0), "SELECT COALESCE(SUM(length), 0) FROM artifact")[0];
        if (held + content.Length > _options.MaxTotalBytes)
        {
            return new ArtifactFailed(request.CorrelationId, hash, FormattableString.Invariant(
                $"the database holds {held} bytes of artefacts and may hold {_options.MaxTotalBytes}; {content.Length} more do not fit"));
        }

        // Two servers may store the same content at once: the second waits for the first, and finds it there.
        if (connection.Execute("INSERT INTO artifact(hash, length) VALUES ($1, $2) ON CONFLICT DO NOTHING", hash, (long)content.Length) == 1)
        {
            for (int number = 0; (long)number * ChunkBytes < content.Length; number++)
            {
                byte[] chunk = content.AsSpan(number * ChunkBytes, Math.Min(ChunkBytes, content.Length - (number * ChunkBytes))).ToArray();
                connection.Execute("INSERT INTO artifact_chunk(hash, number, bytes) VALUES ($1, $2, $3)", hash, number, chunk);
            }
        }

        return new ArtifactStored(request.CorrelationId, hash, content.Length);
    }

    private object Load(NpgsqlConnection connection, GetArtifact request)
    {
        if (Read(connection, request.Hash) is not { } content)
        {
            return new ArtifactFailed(request.CorrelationId, request.Hash, "there is no such artefact");
        }

        string actual = ArtifactName.Of(content);
        if (actual == request.Hash)
        {
            return new ArtifactLoaded(request.CorrelationId, request.Hash, content);
        }

        LogCorrupt(_logger, _session.Database, request.Hash, actual);
        return new ArtifactFailed(request.CorrelationId, request.Hash, $"the stored artefact is corrupt: {ArtifactTexts.Corrupt(request.Hash, actual)}; store it again");
    }

    /// <summary>What is stored under a name, whether it is what the name promises or not; null where nothing is.</summary>
    private static byte[]? Read(NpgsqlConnection connection, string hash)
    {
        List<long> length = connection.Query(row => row.GetInt64(0), "SELECT length FROM artifact WHERE hash = $1", hash);
        if (length.Count == 0)
        {
            return null;
        }

        using var content = new MemoryStream((int)Math.Min(length[0], int.MaxValue));
        for (int number = 0; content.Length < length[0]; number++)
        {
            List<byte[]> chunk = connection.Query(row => row.Bytes(0), "SELECT bytes FROM artifact_chunk WHERE hash = $1 AND number = $2", hash, number);
            if (chunk.Count == 0 || chunk[0].Length == 0)
            {
                break;
            }

            content.Write(chunk[0]);
        }

        return content.ToArray();
    }

    private void Send(IActorRef to, object answer)
    {
        try
        {
            to.Tell(answer, ActorRefs.NoSender);
        }
        catch (Exception e)
        {
            LogFailed(_logger, _session.Database, answer.GetType().Name, e);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Artefacts in {Database}: a request about {Hash} failed")]
    private static partial void LogFailed(ILogger logger, string database, string? hash, Exception exception);

    [LoggerMessage(2, LogLevel.Error, "Artefacts in {Database}: what is stored as {Hash} has the hash {Actual}")]
    private static partial void LogCorrupt(ILogger logger, string database, string hash, string actual);
}
