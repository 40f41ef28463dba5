using Eco.Runtime.Persistence.Artifacts;
using Npgsql;

namespace Eco.Runtime.Persistence.Postgres;

/// <summary>
/// The artefacts of a shared database as streams. What comes in lies in a folder of this host until it is whole and verified, and is then stored in one transaction, row by row;
/// what goes out is read row by row. So a server holds one row of each transfer in memory. An upload that was cut goes on at the server where it began, and begins again at another.
/// </summary>
public sealed class PostgresArtifactContent : IArtifactContent, IAsyncDisposable
{
    private readonly PostgresArtifactOptions _options;
    private readonly FileArtifactStore _intakes;
    private readonly PostgresSession _session;
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>Nothing is opened yet.</summary>
    /// <param name="options">Where the database is, and how much it may hold.</param>
    /// <param name="intakes">Where uploads are until they are whole; not disposed here.</param>
    public PostgresArtifactContent(PostgresArtifactOptions options, FileArtifactStore intakes)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _intakes = intakes;
        _session = new PostgresSession(options.Database, "artefact streams");
    }

    /// <inheritdoc/>
    public async Task<ArtifactExtent> FindAsync(string hash, CancellationToken cancellation)
    {
        ArtifactExtent here = await _intakes.FindAsync(hash, cancellation).ConfigureAwait(false);
        if (here.Length is not null)
        {
            // Whole and verified, but the database was away when it should have been stored.
            await PublishAsync(hash, cancellation).ConfigureAwait(false);
        }

        List<long> length = await InDatabaseAsync(
            connection => connection.Query(row => row.GetInt64(0), "SELECT length FROM artifact WHERE hash = $1", hash), cancellation).ConfigureAwait(false);
        return length.Count > 0 ? new ArtifactExtent(length[0], 0) : here with { Length = null };
    }

    /// <inheritdoc/>
    public async Task<Stream> ReadAsync(string hash, long offset, CancellationToken cancellation)
    {
        List<long> length = await InDatabaseAsync(
            connection => connection.Query(row => row.GetInt64(0), "SELECT length FROM artifact WHERE hash = $1", hash), cancellation).ConfigureAwait(false);
        return length.Count > 0
            ? new ArtifactRowStream((number, ends) => RowAsync(hash, number, ends), length[0], offset)
            : throw new FileNotFoundException("there is no such artefact", hash);
    }

    /// <inheritdoc/>
    public async Task<IArtifactIntake> TakeAsync(string hash, long length, CancellationToken cancellation, bool anew = false)
    {
        long held = (await InDatabaseAsync(
            connection => connection.Query(row => (long)row.GetDecimal(0), "SELECT COALESCE(SUM(length), 0) FROM artifact"), cancellation).ConfigureAwait(false))[0];
        return held + length > _options.MaxTotalBytes
            ? throw new ArtifactSpaceException(FormattableString.Invariant(
                $"the database holds {held} bytes of artefacts and may hold {_options.MaxTotalBytes}; {length} more do not fit"))
            : new Intake(this, await _intakes.TakeAsync(hash, length, cancellation, anew).ConfigureAwait(false), hash);
    }

    /// <inheritdoc/>
    public Task DiscardAsync(string hash, CancellationToken cancellation) =>
        InDatabaseAsync(connection => connection.Execute("DELETE FROM artifact WHERE hash = $1", hash), cancellation);

    /// <summary>Closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await _oneAtATime.WaitAsync().ConfigureAwait(false);
        _session.Dispose();
        _oneAtATime.Dispose();
    }

    private async Task<byte[]> RowAsync(string hash, int number, CancellationToken cancellation)
    {
        List<byte[]> row = await InDatabaseAsync(
            connection => connection.Query(
                found => found.Bytes(0), "SELECT bytes FROM artifact_chunk WHERE hash = $1 AND number = $2", hash, number),
            cancellation).ConfigureAwait(false);
        return row.Count > 0 ? row[0] : [];
    }

    private async Task PublishAsync(string hash, CancellationToken cancellation)
    {
        Stream content = await _intakes.ReadAsync(hash, 0, cancellation).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            await InDatabaseAsync(connection => Store(connection, hash, content), cancellation).ConfigureAwait(false);
        }

        _intakes.Remove(hash);
    }

    private int Store(NpgsqlConnection connection, string hash, Stream content)
    {
        using NpgsqlTransaction transaction = connection.BeginTransaction();
        int rows = 0;

        // Two servers may store the same content at once: the second waits for the first, and finds it there.
        if (connection.Execute("INSERT INTO artifact(hash, length) VALUES ($1, $2) ON CONFLICT DO NOTHING", hash, content.Length) == 1)
        {
            byte[] buffer = new byte[ArtifactRowStream.RowBytes];
            for (int read; (read = content.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)) > 0; rows++)
            {
                connection.Execute("INSERT INTO artifact_chunk(hash, number, bytes) VALUES ($1, $2, $3)", hash, rows, buffer[..read]);
            }
        }

        _session.Commit(transaction);
        return rows;
    }

    private async Task<T> InDatabaseAsync<T>(Func<NpgsqlConnection, T> work, CancellationToken cancellation)
    {
        await _oneAtATime.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return work(_session.Connection);
        }
        catch (Exception e) when (e is NpgsqlException or CommitUnknownException or TimeoutException)
        {
            // Whoever transfers tries again; an outcome that is unknown is looked for then.
            _session.Drop();
            throw new IOException(PostgresErrors.Describe(e), e);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private sealed class Intake(PostgresArtifactContent content, IArtifactIntake intake, string hash) : IArtifactIntake
    {
        public long Received => intake.Received;

        public Task RestartAsync(CancellationToken cancellation) => intake.RestartAsync(cancellation);

        public Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => intake.WriteAsync(bytes, cancellation);

        public async Task<string> FinishAsync(CancellationToken cancellation)
        {
            string got = await intake.FinishAsync(cancellation).ConfigureAwait(false);
            if (got == hash)
            {
                await content.PublishAsync(hash, cancellation).ConfigureAwait(false);
            }

            return got;
        }

        public ValueTask DisposeAsync() => intake.DisposeAsync();
    }
}
