using Eco.Actors.Console;
using Eco.Actors.Timeline.Sql;
using Eco.Host.State;
using Microsoft.Data.Sqlite;

namespace Eco.Host.Commands;

/// <summary>Answers reading verbs from a state directory on which no host runs; opens everything for reading only.</summary>
internal static class LocalState
{
    public static ConsoleReply Answer(StateDirectory state, ConsoleRequest request)
    {
        state.RequireReadable();
        if (!File.Exists(state.Server.Timeline))
        {
            throw new CommandException(
                ConsoleErrorCodes.State,
                $"the state directory '{state.Name}' holds no timeline",
                "start a host on it once ('eco host -c FILE'), or name another directory with --state DIR");
        }

        try
        {
            using TimelineReader reader = TimelineReader.Open(state.Server.Timeline, statistics: null);
            return reader.Answer(request);
        }
        catch (SqliteException error)
        {
            throw new CommandException(
                ConsoleErrorCodes.State,
                $"the timeline '{state.Server.Timeline}' cannot be read: {error.Message}",
                "start the host and run 'eco timeline rebuild': it is made anew from the journal",
                error);
        }
    }
}
