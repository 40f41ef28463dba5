using Eco.Actors.Console;
using Eco.Host.Commands;
using Eco.Host.State;

namespace Eco.Host.Fleet;

/// <summary>Lets one command at a time start or end a directory's cluster; ends with the process.</summary>
internal sealed class FleetLock : IDisposable
{
    private readonly FileStream _file;

    private FleetLock(FileStream file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="CommandException">Code <c>state</c>: another command has it.</exception>
    public static FleetLock Take(StateDirectory state)
    {
        try
        {
            return new FleetLock(new FileStream(Path.Combine(state.Root, "fleet.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException error)
        {
            throw new CommandException(
                ConsoleErrorCodes.State,
                $"another command is starting or ending the cluster of '{state.Name}'",
                "wait for it, or name another directory with --state DIR",
                error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
