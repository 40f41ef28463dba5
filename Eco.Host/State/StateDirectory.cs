using Eco.Actors.Console;
using Eco.Host.Commands;
using Eco.Runtime.Persistence.Sqlite;

namespace Eco.Host.State;

/// <summary>
/// Where one <c>eco</c> keeps everything: <c>server/</c> and <c>agents/ID/</c> with a journal each, <c>console.sock</c> for the verbs, <c>lock</c>
/// (held by the one running host), <c>host.pid</c> (who holds it) and <c>history</c> of the interactive console. Readable by its owner only.
/// </summary>
public sealed class StateDirectory
{
    /// <summary>The state directory where none is named.</summary>
    public const string DefaultName = ".eco";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Names a state directory; nothing is touched yet.</summary>
    /// <param name="path">Relative to the working directory, or absolute.</param>
    public StateDirectory(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Name = path;
        Root = Path.GetFullPath(path);
    }

    /// <summary>As the person named it, for messages.</summary>
    public string Name { get; }

    /// <summary>The absolute path.</summary>
    public string Root { get; }

    /// <summary>The server's folder.</summary>
    public HostFolder Server => new(Path.Combine(Root, "server"));

    /// <summary>Held by the running host.</summary>
    public string LockFile => Path.Combine(Root, "lock");

    /// <summary>Process id and start of the host that holds the lock.</summary>
    public string OwnerFile => Path.Combine(Root, "host.pid");

    /// <summary>The lines entered in the interactive console.</summary>
    public string HistoryFile => Path.Combine(Root, "history");

    /// <summary>Whether there is such a directory.</summary>
    public bool Exists => Directory.Exists(Root);

    /// <summary>The folders that hold a journal, or what a lost one left: the server's first, then the agents' in ordinal order.</summary>
    public IEnumerable<HostFolder> WithJournal()
    {
        string agents = Path.Combine(Root, "agents");
        IEnumerable<HostFolder> folders = Directory.Exists(agents)
            ? Directory.EnumerateDirectories(agents).Order(StringComparer.Ordinal).Select(folder => new HostFolder(folder)).Prepend(Server)
            : [Server];
        return folders.Where(folder => JournalVerifier.IsOrWas(folder.Journal));
    }

    /// <summary>An agent's folder.</summary>
    /// <exception cref="ArgumentException">The id would leave the state directory.</exception>
    public HostFolder Agent(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        if (id is "." or ".." || id.AsSpan().IndexOfAny('/', '\\', '\0') >= 0)
        {
            throw new ArgumentException($"'{id}' cannot be an agent's id: it names a folder outside of the state directory", nameof(id));
        }

        return new HostFolder(Path.Combine(Root, "agents", id));
    }

    /// <summary>Creates the directory if it is missing, and makes sure that this process may write in it.</summary>
    /// <exception cref="CommandException">Code <c>state</c>: it cannot be created or written.</exception>
    public void EnsureCreated()
    {
        RequireNoFile();
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(Root);
            }
            else
            {
                Directory.CreateDirectory(Root, OwnerOnly);
            }

            string probe = Path.Combine(Root, ".write-probe");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ConsoleErrorCodes.State,
                $"the state directory '{Name}' cannot be written: {error.Message}",
                "make it writable for this user, or name another one with --state DIR",
                error);
        }
    }

    /// <summary>Takes the directory for this process, until the result is disposed or the process ends, however it ends.</summary>
    /// <exception cref="CommandException">Code <c>state</c>: another process has it, or it cannot be written.</exception>
    public StateLock Acquire()
    {
        EnsureCreated();
        return StateLock.Take(this);
    }

    /// <summary>Makes sure that there is something to read.</summary>
    /// <exception cref="CommandException">Code <c>state</c>: there is nothing, or it may not be read.</exception>
    public void RequireReadable()
    {
        RequireNoFile();
        if (!Exists)
        {
            throw new CommandException(
                ConsoleErrorCodes.State,
                $"there is no state directory '{Name}'",
                "'eco demo' or 'eco host -c FILE' makes one; --state DIR names another one");
        }

        try
        {
            using IEnumerator<string> entries = Directory.EnumerateFileSystemEntries(Root).GetEnumerator();
            entries.MoveNext();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ConsoleErrorCodes.State,
                $"the state directory '{Name}' cannot be read: {error.Message}",
                "run as the user who made it, or name another one with --state DIR",
                error);
        }
    }

    private void RequireNoFile()
    {
        if (File.Exists(Root))
        {
            throw new CommandException(
                ConsoleErrorCodes.State, $"the state directory '{Name}' is a file", "name a directory with --state DIR");
        }
    }
}
