using Eco.Actors.Console;
using Eco.Host.Commands;
using Eco.Host.State;
using Eco.Runtime.Persistence.Journals;
using Microsoft.Data.Sqlite;

namespace Eco.Host.Composition;

/// <summary>Turns what can be wrong with the files of a state directory into one line of cause and one of cure.</summary>
internal static class StorageErrors
{
    /// <summary>A new journal beside an old timeline would be a silent loss of all that the old one held.</summary>
    /// <exception cref="CommandException">Code <c>state</c>: the journal is missing.</exception>
    public static void RequireJournal(HostFolder folder)
    {
        if (!File.Exists(folder.Journal) && File.Exists(folder.Timeline))
        {
            throw new CommandException(
                ConsoleErrorCodes.State,
                $"the journal '{folder.Journal}' is missing, and there is a timeline of what it held",
                "restore it from a backup, or move its folder away and start anew");
        }
    }

    /// <summary>Runs something that opens files of a state directory.</summary>
    /// <exception cref="CommandException">Code <c>state</c>.</exception>
    public static async Task<T> GuardAsync<T>(StateDirectory state, Func<Task<T>> open)
    {
        try
        {
            return await open().ConfigureAwait(false);
        }
        catch (StorageOpenException e)
        {
            throw new CommandException(ConsoleErrorCodes.State, $"{Path.GetFileName(e.File)} {e.Cause} ({e.File})", e.Cure, e);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ConsoleErrorCodes.State, $"the state directory '{state.Name}' cannot be used: {e.Message}", "check that what the message names is of eco's making, and that this user may write it", e);
        }
    }
}
