using System.Collections.Immutable;
using Eco.Actors.Console;
using Eco.Host.Commands;
using Eco.Host.Composition;
using Eco.Host.ConsoleSocket;
using Eco.Host.State;

namespace Eco.Host.Fleet;

/// <summary>An <c>eco host</c> of a fleet: a server, or agents that share a process.</summary>
internal sealed class HostNode
{
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(60);
    private static readonly string[] Inherited = ["HOME", "TMPDIR", "DOTNET_ROOT", "DOTNET_CLI_HOME", "DOTNET_HOST_PATH"];
    private static readonly ConsoleSocketOptions Socket = new();

    private readonly ManagedProcess _process;
    private readonly TimeProvider _time;

    /// <summary>Knows a host, started or not.</summary>
    /// <param name="name">Its name in the fleet.</param>
    /// <param name="folder">Its folder, which holds <c>host.conf</c>.</param>
    /// <param name="place">Where it runs.</param>
    /// <param name="agents">Its agents; none for a server.</param>
    /// <param name="time">The clock.</param>
    public HostNode(string name, string folder, NetworkPlace place, ImmutableArray<string> agents, TimeProvider time)
    {
        Name = name;
        Folder = folder;
        Place = place;
        Agents = agents;
        _time = time;
        State = StateIn(folder);
        _process = new ManagedProcess(
            new ProcessSpec(name, folder, LogFile, [.. Program(), "host", "-c", ConfigurationFile, "--state", State.Root], place)
            {
                Environment = Inherited
                    .Select(variable => (variable, Value: Environment.GetEnvironmentVariable(variable)))
                    .Where(entry => entry.Value is not null)
                    .ToImmutableSortedDictionary(entry => entry.variable, entry => entry.Value!),
            },
            time);
    }

    /// <summary>Its name in the fleet.</summary>
    public string Name { get; }

    /// <summary>Its folder.</summary>
    public string Folder { get; }

    /// <summary>Where it runs.</summary>
    public NetworkPlace Place { get; }

    /// <summary>Its agents; none for a server.</summary>
    public ImmutableArray<string> Agents { get; }

    /// <summary>Where it keeps its journals.</summary>
    public StateDirectory State { get; }

    /// <summary>Its configuration.</summary>
    public string ConfigurationFile => Path.Combine(Folder, "host.conf");

    /// <summary>What it wrote on its standard streams, of all of its runs.</summary>
    public string LogFile => Path.Combine(Folder, "log");

    /// <summary>Its process as it was last started.</summary>
    public ProcessIdentity? Identity => _process.Identity;

    /// <summary>Whether its process runs; paused counts.</summary>
    public bool IsAlive => _process.IsAlive;

    /// <summary>The state directory of the host of a folder.</summary>
    public static StateDirectory StateIn(string folder) => new(Path.Combine(folder, "state"));

    /// <summary>Starts its process, unless it runs.</summary>
    /// <param name="crashAt">Where it kills itself, as <c>ECO_CRASH_AT</c> says; null: nowhere.</param>
    /// <returns>False: it ran already.</returns>
    public bool Start(string? crashAt = null) =>
        _process.Start(crashAt is null ? [] : [(ProcessCrashPoints.Variable, crashAt)]);

    /// <summary>Waits until its console answers.</summary>
    public Task ReadyAsync(TimeSpan within, CancellationToken stop) => _process.ReadyAsync(
        async () => await TryAskAsync(ConsoleVerbs.Agents, Arguments.None, null, stop).ConfigureAwait(false) is { Error: null }, within, stop);

    /// <summary>Waits until something holds that it is needed for; fails as soon as it has ended.</summary>
    public Task ReadyAsync(Func<Task<bool>> ready, TimeSpan within, CancellationToken stop, WaitProgress? progress = null) =>
        _process.ReadyAsync(ready, within, stop, progress);

    /// <summary>Asks its console; null: it does not answer.</summary>
    public async Task<ConsoleReply?> TryAskAsync(
        string verb, ImmutableSortedDictionary<string, string> arguments, string? body, CancellationToken stop)
    {
        try
        {
            ConsoleClient? client = await ConsoleClient.TryConnectAsync(State, Socket, _time, stop).ConfigureAwait(false);
            if (client is null)
            {
                return null;
            }

            await using (client.ConfigureAwait(false))
            {
                return await client.AskAsync(verb, arguments, body, stop).ConfigureAwait(false);
            }
        }
        catch (CommandException error) when (error.Error.Code == ConsoleErrorCodes.NoHost)
        {
            return null;
        }
    }

    /// <summary>SIGKILL to its process and what that has started.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>SIGKILL to its process alone: what that has started runs on, as after the death of one process.</summary>
    public void KillAlone() => _process.Signal(Signals.Kill);

    /// <summary>SIGSTOP.</summary>
    public void Pause() => _process.Pause();

    /// <summary>SIGCONT.</summary>
    public void Resume() => _process.Resume();

    /// <summary>Ends it in order.</summary>
    /// <returns>False: it had to be killed.</returns>
    public Task<bool> StopAsync() => _process.StopAsync(Signals.Terminate, StopWithin);

    // This program, once more: as the runtime's host was given it, or by itself.
    private static ImmutableArray<string> Program()
    {
        string self = Environment.ProcessPath ?? "dotnet";
        string library = typeof(HostNode).Assembly.Location;
        string own = Path.GetFileNameWithoutExtension(library);
        return Path.GetFileName(self) == own || Path.GetFileName(self) == own + ".exe" ? [self] : [self, library];
    }
}
