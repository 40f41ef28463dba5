using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Eco.Host.Composition;

/// <summary>A line for each entry: <c>11:19:46.121 info: Category[3101] message</c>, in UTC; line breaks become blanks.</summary>
/// <param name="inColor">Whether the level is coloured, for a person who reads a terminal.</param>
internal sealed class HostLogFormatter(bool inColor) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "eco";

    private const string Plain = "\e[39m\e[22m\e[49m";

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        string message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        (string word, string color) = LevelOf(logEntry.LogLevel);
        WriteLine(
            textWriter,
            inColor ? $"{color}{word}{Plain}" : word,
            string.Create(CultureInfo.InvariantCulture, $"{logEntry.Category}[{logEntry.EventId.Id}]"),
            logEntry.Exception is null ? message : $"{message} {logEntry.Exception}");
    }

    private static void WriteLine(TextWriter writer, string level, string source, string text) => writer.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {level}: {source} {text.ReplaceLineEndings(" ")}"));

    private static (string Word, string Color) LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace => ("trce", "\e[39m"),
        LogLevel.Debug => ("dbug", "\e[39m"),
        LogLevel.Information => ("info", "\e[32m"),
        LogLevel.Warning => ("warn", "\e[1m\e[33m"),
        LogLevel.Error => ("fail", "\e[30m\e[41m"),
        _ => ("crit", "\e[1m\e[37m\e[41m"),
    };
}
