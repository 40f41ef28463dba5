using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Eco.Actors.Console;
using Eco.Host.Commands;

namespace Eco.Host.Fleet;

/// <summary>
/// One PostgreSQL server as a plain process: checksums, <c>fsync</c>, full pages and synchronous commits on; TCP only. It never runs as root: root
/// starts it as user <c>postgres</c>. Starting on a folder again goes on with what is there.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>The superuser that hosts connect as.</summary>
    public const string User = "eco";

    /// <summary>The database that hosts use.</summary>
    public const string Database = "eco";

    private const string SystemUser = "postgres";
    private const int StatusLine = 7;
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(20);

    private readonly string _folder;
    private readonly ManagedProcess _process;
    private readonly TimeProvider _time;

    private PostgresServer(string folder, NetworkPlace place, int port, TimeProvider time)
    {
        _folder = folder;
        _time = time;
        Place = place;
        Port = port;
        _process = new ManagedProcess(
            new ProcessSpec(
                $"PostgreSQL in '{Path.GetFileName(folder)}'",
                folder,
                Path.Combine(folder, "log"),
                [PackageTools.Postgres("postgres"), "-D", Data],
                place)
            {
                User = SystemUser,
            },
            time);
    }

    /// <summary>Where it runs.</summary>
    public NetworkPlace Place { get; }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>The password of <see cref="User"/>.</summary>
    public string Password => File.ReadAllText(PasswordFile);

    /// <summary>A file that holds the password, readable by its owner only.</summary>
    public string PasswordFile => Path.Combine(_folder, "password");

    /// <summary>Its process.</summary>
    public ProcessIdentity? Identity => _process.Identity;

    /// <summary>Whether its process runs; paused counts.</summary>
    public bool IsAlive => _process.IsAlive;

    /// <summary>What a client needs but for the password, in Npgsql's form.</summary>
    public string ConnectionString => ConnectionStringOf(this);

    private string Data => Path.Combine(_folder, "data");

    /// <summary>Starts a server, and waits until it takes clients.</summary>
    /// <param name="folder">Its folder; made if missing. User <c>postgres</c> must be able to reach it where root starts the server.</param>
    /// <param name="time">The clock.</param>
    /// <param name="place">Where it runs; null: on this machine's loopback.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="CommandException">PostgreSQL is not installed, its port is taken, the folder cannot be reached, or it does not start.</exception>
    public static async Task<PostgresServer> StartAsync(string folder, TimeProvider time, NetworkPlace? place = null, CancellationToken stop = default)
    {
        folder = Prepare(folder);
        PostgresServer server = Open(folder, time, place);
        if (!File.Exists(Path.Combine(server.Data, "PG_VERSION")))
        {
            BrokerSettings.WriteSecret(server.PasswordFile, RandomNumberGenerator.GetHexString(40, lowercase: true));
            await server.InitializeAsync(stop).ConfigureAwait(false);
        }

        server.Start();
        await server.ReadyAsync(stop).ConfigureAwait(false);
        return server;
    }

    /// <summary>Knows the server of a folder without starting anything.</summary>
    public static PostgresServer Open(string folder, TimeProvider time, NetworkPlace? place = null)
    {
        folder = Path.GetFullPath(folder);
        return new PostgresServer(folder, place ?? NetworkPlace.Loopback, PortOf(folder, place is { Namespace: not null }), time);
    }

    /// <summary>Whether the user that it runs as can reach a folder; only root has to ask.</summary>
    public static bool CanReach(string folder)
    {
        if (!PackageTools.IsRoot || OperatingSystem.IsWindows())
        {
            return true;
        }

        for (string? at = Path.GetFullPath(folder); at is not null; at = Path.GetDirectoryName(at))
        {
            if (Directory.Exists(at) && (File.GetUnixFileMode(at) & UnixFileMode.OtherExecute) == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What a client of several servers needs but for the password, in Npgsql's form: it looks for the primary.</summary>
    public static string ConnectionStringOf(params ImmutableArray<PostgresServer> servers)
    {
        string hosts = string.Join(',', servers.Select(server => string.Create(CultureInfo.InvariantCulture, $"{server.Place.Address}:{server.Port}")));
        return $"Host={hosts};Database={Database};Username={User}" + (servers.Length > 1 ? ";Target Session Attributes=primary" : string.Empty);
    }

    /// <summary>Starts its process, unless it runs.</summary>
    /// <param name="environment">Variables of this one start.</param>
    /// <exception cref="CommandException">Another program has its port.</exception>
    public void Start(params IEnumerable<(string Name, string Value)> environment)
    {
        if (!IsAlive && Place.Namespace is null && !PortRange.IsFree(IPAddress.Parse(Place.Address), Port))
        {
            throw new CommandException(
                ConsoleErrorCodes.Refused,
                string.Create(CultureInfo.InvariantCulture, $"PostgreSQL cannot listen on {Place.Address}:{Port}: another program does"),
                "end that program ('ss -ltnp' names it), or use another folder");
        }

        _process.Start(environment);
    }

    /// <summary>Waits until it takes clients.</summary>
    public Task ReadyAsync(CancellationToken stop = default) => _process.ReadyAsync(() => Task.FromResult(Status() is "ready" or "standby"), StartWithin, stop);

    /// <summary>Makes a synchronous standby: from then on a commit is acknowledged when both have it.</summary>
    /// <param name="folder">The standby's folder.</param>
    /// <param name="place">Where it runs.</param>
    /// <param name="stop">Ends the wait.</param>
    public async Task<PostgresServer> StandbyAsync(string folder, NetworkPlace? place = null, CancellationToken stop = default)
    {
        folder = Prepare(folder);
        PostgresServer standby = Open(folder, _time, place);
        BrokerSettings.WriteSecret(standby.PasswordFile, Password);
        ImmutableArray<string> user = await standby.MakeDataFolderAsync(stop).ConfigureAwait(false);
        await PackageTools.RunAsync(
            [
                .. standby.Place.Prefix, .. user, PackageTools.Postgres("pg_basebackup"),
                "-D", standby.Data, "-X", "stream", "-c", "fast", "-R", "-d",
                string.Create(CultureInfo.InvariantCulture, $"host={Place.Address} port={Port} user={User} application_name=standby"),
            ],
            stop,
            environment: ("PGPASSWORD", Password)).ConfigureAwait(false);
        await standby.ConfigureAsync(synchronous: false, stop).ConfigureAwait(false);
        standby.Start();
        await standby.ReadyAsync(stop).ConfigureAwait(false);
        await ConfigureAsync(synchronous: true, stop).ConfigureAwait(false);
        _process.Signal(Signals.Hangup);
        await Polling.UntilAsync(
            "the standby is synchronous",
            async () => (await QueryAsync("SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')", stop).ConfigureAwait(false)) == "1",
            StartWithin,
            _time,
            stop).ConfigureAwait(false);
        return standby;
    }

    /// <summary>Makes this standby the primary; returns when it takes writes.</summary>
    public Task PromoteAsync(CancellationToken stop = default) =>
        PackageTools.RunAsync([.. PackageTools.AsUser(SystemUser), PackageTools.Postgres("pg_ctl"), "promote", "-w", "-D", Data], stop);

    /// <summary>Asks one question and returns the answer as text, a row a line.</summary>
    public async Task<string> QueryAsync(string sql, CancellationToken stop = default) =>
        (await PackageTools.RunAsync(
            [
                .. Place.Prefix, PackageTools.Postgres("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", Place.Address,
                "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", User, "-d", Database, "-c", sql,
            ],
            stop,
            environment: ("PGPASSWORD", Password)).ConfigureAwait(false)).TrimEnd('\n');

    /// <summary>SIGKILL to the server and all of its workers; returns when they are gone.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>Ends it in order; open connections are cut.</summary>
    public Task StopAsync() => _process.StopAsync(Signals.Interrupt, StopWithin);

    /// <summary>SIGSTOP to the server and all of its workers.</summary>
    public void Pause() => _process.Pause();

    /// <summary>SIGCONT.</summary>
    public void Resume() => _process.Resume();

    /// <summary>Kills it if it runs, starts it again and waits until it takes clients.</summary>
    public async Task RestartAsync(CancellationToken stop = default)
    {
        await KillAsync().ConfigureAwait(false);
        Start();
        await ReadyAsync(stop).ConfigureAwait(false);
    }

    /// <summary>SIGKILL, and the folder goes.</summary>
    public async ValueTask DisposeAsync()
    {
        await KillAsync().ConfigureAwait(false);
        Directory.Delete(_folder, recursive: true);
    }

    private static string Prepare(string folder)
    {
        _ = PackageTools.Postgres("postgres");
        folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(folder);
        return CanReach(folder) ? folder : throw new CommandException(
            ConsoleErrorCodes.State,
            $"PostgreSQL does not run as root, and its user '{SystemUser}' cannot reach '{folder}'",
            "use a folder whose parents others may enter, for instance below /var/tmp");
    }

    private static int PortOf(string folder, bool isolated)
    {
        string file = Path.Combine(folder, "port");
        if (File.Exists(file))
        {
            return int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture);
        }

        int port = isolated ? 5432 : new PortRange(folder).Take();
        Directory.CreateDirectory(folder);
        File.WriteAllText(file, port.ToString(CultureInfo.InvariantCulture));
        return port;
    }

    // The words that make a command run as the folder's owner.
    private async Task<ImmutableArray<string>> MakeDataFolderAsync(CancellationToken stop)
    {
        // What an initialisation that was cut off has left is of no use.
        if (Directory.Exists(Data))
        {
            Directory.Delete(Data, recursive: true);
        }

        ImmutableArray<string> user = PackageTools.AsUser(SystemUser);
        if (!user.IsEmpty)
        {
            await PackageTools.RunAsync(["install", "-d", "-m", "700", "-o", SystemUser, "-g", SystemUser, Data], stop).ConfigureAwait(false);
        }

        return user;
    }

    private async Task InitializeAsync(CancellationToken stop)
    {
        ImmutableArray<string> user = await MakeDataFolderAsync(stop).ConfigureAwait(false);

        // That everybody is trusted holds until its own rules are written, below; it does not listen before.
        await PackageTools.RunAsync(
            [.. user, PackageTools.Postgres("initdb"), "-D", Data, "-k", "-U", User, "-E", "UTF8", "--locale=C", "-A", "trust", "--no-instructions"],
            stop).ConfigureAwait(false);
        await PackageTools.RunAsync(
            [.. user, PackageTools.Postgres("postgres"), "--single", "-D", Data, "postgres"],
            stop,
            input: $"ALTER USER {User} PASSWORD '{Password}'\nCREATE DATABASE {Database}\n").ConfigureAwait(false);
        await ConfigureAsync(synchronous: false, stop).ConfigureAwait(false);
    }

    private async Task ConfigureAsync(bool synchronous, CancellationToken stop)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"""
            listen_addresses = '{Place.Address}'
            port = {Port}
            unix_socket_directories = ''
            fsync = on
            full_page_writes = on
            synchronous_commit = on
            wal_level = replica
            max_wal_senders = 4
            hot_standby = on
            synchronous_standby_names = '{(synchronous ? "*" : string.Empty)}'
            wal_sender_timeout = 10s
            wal_receiver_timeout = 10s
            tcp_keepalives_idle = 5
            tcp_keepalives_interval = 2
            tcp_keepalives_count = 3
            max_connections = 200
            shared_buffers = 32MB
            max_wal_size = 256MB
            jit = off
            log_min_messages = warning

            """);
        await WriteAsync("eco.conf", text, stop).ConfigureAwait(false);
        string main = await PackageTools.RunAsync([.. PackageTools.AsUser(SystemUser), "cat", Path.Combine(Data, "postgresql.conf")], stop).ConfigureAwait(false);
        if (!main.Contains("\ninclude = 'eco.conf'", StringComparison.Ordinal))
        {
            await WriteAsync("postgresql.conf", main + "\ninclude = 'eco.conf'\n", stop).ConfigureAwait(false);
            string rules = $"host all all {(Place.Namespace is null ? "127.0.0.1/32" : "0.0.0.0/0")} scram-sha-256\n";
            await WriteAsync("pg_hba.conf", rules + rules.Replace(" all all ", " replication all ", StringComparison.Ordinal), stop).ConfigureAwait(false);
        }
    }

    // As its user, whose files they are.
    private Task WriteAsync(string name, string text, CancellationToken stop) => PackageTools.RunAsync(
        [.. PackageTools.AsUser(SystemUser), "sh", "-c", "umask 077; cat > \"$1\"", "sh", Path.Combine(Data, name)], stop, input: text);

    // The server keeps a line about itself in the file that also guards its folder.
    private string? Status()
    {
        string file = Path.Combine(Data, "postmaster.pid");
        try
        {
            string[] lines = File.ReadAllLines(file);
            return lines.Length > StatusLine && lines[0].Trim() == Identity?.Pid.ToString(CultureInfo.InvariantCulture) ? lines[StatusLine].Trim() : null;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
