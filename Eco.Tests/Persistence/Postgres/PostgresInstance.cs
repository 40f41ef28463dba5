using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Eco.Tests.Integration;
using Npgsql;

namespace Eco.Tests.Persistence.Postgres;

/// <summary>A PostgreSQL server of the tests' own, in a folder of its own, with checksums. Run as user postgres where the tests are root.</summary>
public sealed class PostgresInstance : IAsyncDisposable
{
    private const string Missing = "PostgreSQL 15 is not installed: apt-get install postgresql (or run './eco test', which installs it)";
    private readonly string _root;
    private Process? _server;

    private PostgresInstance(string root, int port)
    {
        _root = root;
        Port = port;
    }

    public int Port { get; }

    public string Data => Path.Combine(_root, "data");

    /// <summary>The server's process, which its backends are children of.</summary>
    public int ProcessId => _server!.Id;

    public string ConnectionString(string database = "postgres") =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Username=postgres;Database={database}");

    /// <summary>Makes a cluster and starts it.</summary>
    public static async Task<PostgresInstance> StartAsync(params string[] settings)
    {
        PostgresInstance instance = Make();
        try
        {
            instance.Run("initdb", "-k", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync", "-D", instance.Data);
            await instance.LaunchAsync(settings);
            return instance;
        }
        catch
        {
            await instance.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a standby of another server and starts it.</summary>
    public static async Task<PostgresInstance> StartStandbyOfAsync(PostgresInstance primary, string name)
    {
        PostgresInstance instance = Make();
        try
        {
            instance.Run(
                "pg_basebackup", "-D", instance.Data, "-R", "-X", "stream", "-c", "fast", "--no-sync",
                "-d", string.Create(CultureInfo.InvariantCulture, $"host=127.0.0.1 port={primary.Port} user=postgres application_name={name}"));
            await instance.LaunchAsync([]);
            return instance;
        }
        catch
        {
            await instance.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the server on its data, and waits until it takes connections.</summary>
    public async Task LaunchAsync(params string[] settings)
    {
        string[] all = ["max_connections=100", "shared_buffers=32MB", "fsync=off", $"unix_socket_directories={_root}", .. settings];
        _server = Process.Start(Info(
            "postgres", ["-D", Data, "-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), .. all.SelectMany(setting => new[] { "-c", setting })]))!;
        _server.OutputDataReceived += (_, _) => { };
        _server.ErrorDataReceived += (_, _) => { };
        _server.BeginOutputReadLine();
        _server.BeginErrorReadLine();
        string last = "";
        await Eventually.HoldsAsync("PostgreSQL takes connections", () => Takes(out last), () => last);
    }

    public void Promote() => Run("pg_ctl", "promote", "-w", "-D", Data);

    /// <summary>Ends all of the server at once, without any of its own order.</summary>
    public async Task KillAsync()
    {
        _server!.Kill(entireProcessTree: true);
        await _server.WaitForExitAsync();
    }

    public void Execute(string sql)
    {
        using var connection = new NpgsqlConnection(ConnectionString() + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    public T Scalar<T>(string sql)
    {
        using var connection = new NpgsqlConnection(ConnectionString() + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return (T)command.ExecuteScalar()!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is { HasExited: false })
        {
            await KillAsync();
        }

        _server?.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private static PostgresInstance Make()
    {
        string root = Directory.CreateTempSubdirectory("eco-pg-").FullName;
        if (Environment.IsPrivilegedProcess)
        {
            using Process chown = Process.Start("chown", ["postgres:postgres", root]);
            chown.WaitForExit();
        }

        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new PostgresInstance(root, ((IPEndPoint)listener.LocalEndpoint).Port);
    }

    private static string Tool(string name)
    {
        string[] folders = ["/usr/lib/postgresql/15/bin", .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)];
        return folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists) ?? throw new InvalidOperationException(Missing);
    }

    // initdb and postgres refuse to run as root.
    private ProcessStartInfo Info(string tool, string[] arguments)
    {
        string path = Tool(tool);
        var info = new ProcessStartInfo { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _root };
        string[] all = Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", path, .. arguments] : [path, .. arguments];
        info.FileName = all[0];
        foreach (string argument in all.Skip(1))
        {
            info.ArgumentList.Add(argument);
        }

        return info;
    }

    private void Run(string tool, params string[] arguments)
    {
        using Process process = Process.Start(Info(tool, arguments))!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{tool} failed: {errors} {output.Result}");
        }
    }

    private bool Takes(out string last)
    {
        if (_server!.HasExited)
        {
            throw new InvalidOperationException($"postgres in {_root} ended with code {_server.ExitCode}");
        }

        try
        {
            last = $"answered {Scalar<int>("SELECT 1")}";
            return true;
        }
        catch (NpgsqlException e)
        {
            last = e.Message;
            return false;
        }
    }
}
