using System.Collections.Immutable;
using Eco.Actors.Console;

namespace Eco.Host.Commands;

/// <summary>Ends a command with an error for people: a line of cause, a line of cure, and the exit code that belongs to its code.</summary>
public sealed class CommandException : Exception
{
    /// <summary>An error with its parts.</summary>
    public CommandException(ConsoleError error, Exception? inner = null)
        : base($"{error?.Cause} ({error?.Cure})", inner)
    {
        ArgumentNullException.ThrowIfNull(error);
        Error = error;
    }

    /// <summary>An error with its parts.</summary>
    public CommandException(string code, string cause, string cure, Exception? inner = null)
        : this(new ConsoleError(code, cause, cure), inner)
    {
    }

    /// <summary>What is told to the person.</summary>
    public ConsoleError Error { get; }

    /// <summary>All of it, for whoever is told of an exception.</summary>
    public override string Message => string.Join('\n', [.. Details, base.Message]);

    /// <summary>Lines that come before the cause, such as one for each error of a file.</summary>
    public ImmutableArray<string> Details { get; init; } = [];
}
