using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Eco.Actors.Console;
using Eco.Host.Commands;

namespace Eco.Host.Fleet;

/// <summary>Programs of Debian's packages: whether they are there, as whom they run, and short calls of them.</summary>
internal static class PackageTools
{
    private const string SearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>The broker's own scripts; the ones on the PATH insist on the user and the folders of Debian's service.</summary>
    public const string RabbitServer = "/usr/lib/rabbitmq/bin/rabbitmq-server";

    /// <summary>The broker's tool, as it is.</summary>
    public const string RabbitControl = "/usr/lib/rabbitmq/bin/rabbitmqctl";

    private const string PostgresRoot = "/usr/lib/postgresql";

    /// <summary>Whether this process may do everything.</summary>
    public static bool IsRoot => Environment.IsPrivilegedProcess;

    /// <summary>The path of one of PostgreSQL's programs.</summary>
    /// <exception cref="CommandException">The package is not installed.</exception>
    public static string Postgres(string program)
    {
        IEnumerable<string> versions = Directory.Exists(PostgresRoot) ? Directory.EnumerateDirectories(PostgresRoot) : [];
        return versions
            .OrderByDescending(folder => double.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out double version) ? version : 0)
            .Select(folder => Path.Combine(folder, "bin", program))
            .FirstOrDefault(File.Exists) ?? throw Missing("PostgreSQL", "postgresql");
    }

    /// <summary>Makes sure that a broker can be started.</summary>
    /// <exception cref="CommandException">The package is not installed.</exception>
    public static void RequireRabbit()
    {
        if (!File.Exists(RabbitServer) || Find("epmd") is null)
        {
            throw Missing("RabbitMQ", "rabbitmq-server");
        }
    }

    /// <summary>Makes sure that a program is there.</summary>
    /// <exception cref="CommandException">It is not.</exception>
    public static string Require(string program, string package) => Find(program) ?? throw Missing($"'{program}'", package);

    /// <summary>The words before a command that make root run it as somebody else; none where the starter is not root.</summary>
    public static ImmutableArray<string> AsUser(string? user) =>
        user is null || !IsRoot ? [] : ["setpriv", "--reuid", user, "--regid", user, "--init-groups", "--"];

    /// <summary>Runs a program to its end.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="ignoreFailure">Whether its exit code says nothing.</param>
    /// <param name="environment">Variables that are added to this process's own.</param>
    /// <returns>What it printed.</returns>
    /// <exception cref="CommandException">It failed; says how.</exception>
    public static async Task<string> RunAsync(
        ImmutableArray<string> command, CancellationToken stop, string? input = null, bool ignoreFailure = false, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (string word in command.Skip(1))
        {
            start.ArgumentList.Add(word);
        }

        start.Environment["PATH"] = SearchPath;
        start.Environment["LANG"] = "C.UTF-8";
        start.Environment.Remove("LC_ALL");
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(stop);
        Task<string> error = process.StandardError.ReadToEndAsync(stop);
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input).ConfigureAwait(false);
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync(stop).ConfigureAwait(false);
        string said = await error.ConfigureAwait(false);
        return process.ExitCode == 0 || ignoreFailure
            ? await output.ConfigureAwait(false)
            : throw new CommandException(
                ConsoleErrorCodes.Internal,
                string.Create(CultureInfo.InvariantCulture, $"'{string.Join(' ', command)}' failed with exit code {process.ExitCode}"),
                $"it said: {string.Join(" | ", said.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(4))}");
    }

    private static string? Find(string program) => SearchPath.Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static CommandException Missing(string what, string package) =>
        new(ConsoleErrorCodes.Refused, $"{what} is not installed", $"install it: sudo apt-get install {package} (./eco does that where root runs it)");
}
