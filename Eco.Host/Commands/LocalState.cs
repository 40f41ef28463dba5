using Eco.Actors.Console;
using Eco.Actors.Timeline.Sql;
using Eco.Host.Composition;
using Eco.Host.State;
using Eco.Runtime.Persistence.Statistics;
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
            using StatisticsSource? statistics = File.Exists(state.Server.Statistics) ? StatisticsSource.Open(state.Server.Statistics) : null;
            using TimelineReader reader = TimelineReader.Open(state.Server.Timeline, statistics, EngineCatalogue.Default.Descriptors);
            return reader.Answer(request);
        }
        catch (StatisticsOpenException error)
        {
            throw new CommandException(
                ConsoleErrorCodes.State,
                $"the statistics '{state.Server.Statistics}' cannot be read: {error.Message}",
                "keep a copy and remove the file: the host makes a new one, and statistics start again",
                error);
        }
        catch (SqliteException error)
        {
            throw new CommandException(
                ConsoleErrorCodes.State,
                $"the timeline '{state.Server.Timeline}' cannot be read: {error.Message}",
                "start the host: it makes a damaged timeline anew from the journal",
                error);
        }
    }
}
