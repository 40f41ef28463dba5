using Eco.Actors.Console;

namespace Eco.Host.Commands;

/// <summary>The exit codes of <c>eco</c>, as <c>docs/commands.md</c> lists them. The only place where they are decided.</summary>
public static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>An unexpected failure.</summary>
    public const int Failure = 1;

    /// <summary>Wrong verb, option or argument.</summary>
    public const int Usage = 2;

    /// <summary>An ION or a configuration does not pass validation, or cannot be read.</summary>
    public const int Invalid = 3;

    /// <summary>There is no ION, agent, model or file of that name.</summary>
    public const int NotFound = 4;

    /// <summary>Valid, but refused by this version or in this state.</summary>
    public const int Refused = 5;

    /// <summary>No host runs on the state directory, or it does not answer.</summary>
    public const int NoHost = 6;

    /// <summary>The state directory is in use, damaged or unreadable.</summary>
    public const int State = 7;

    /// <summary>A measuring command ran, and a figure does not meet its goal.</summary>
    public const int GoalNotMet = 8;

    /// <summary>Ended by Ctrl-C or a termination signal, as shells report it.</summary>
    public const int Interrupted = 130;

    /// <summary>The exit code of an error.</summary>
    public static int Of(ConsoleError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error.Code switch
        {
            ConsoleErrorCodes.Usage => Usage,
            ConsoleErrorCodes.NotFound => NotFound,
            ConsoleErrorCodes.Invalid => Invalid,
            ConsoleErrorCodes.Refused => Refused,
            ConsoleErrorCodes.NoHost => NoHost,
            ConsoleErrorCodes.State => State,
            _ => Failure,
        };
    }
}
