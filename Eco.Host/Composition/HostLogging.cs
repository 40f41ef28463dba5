using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Eco.Host.Composition;

/// <summary>The log of a host: single lines on the standard error stream, so that the standard output stays the command's.</summary>
internal static class HostLogging
{
    // Without the builder of LoggerFactory: what it fills, a container and a configuration, would only take an agent's memory and time to start.
    public static ILoggerFactory Create(LogLevel level) => new LoggerFactory(
        [
            new ConsoleLoggerProvider(
                new FixedOptions(new ConsoleLoggerOptions
                {
                    FormatterName = HostLogFormatter.FormatterName,
                    LogToStandardErrorThreshold = LogLevel.Trace,
                }),
                [new HostLogFormatter(inColor: !Console.IsErrorRedirected)]),
        ],
        new LoggerFilterOptions { MinLevel = level });

    private sealed class FixedOptions(ConsoleLoggerOptions value) : IOptionsMonitor<ConsoleLoggerOptions>
    {
        public ConsoleLoggerOptions CurrentValue => value;

        public ConsoleLoggerOptions Get(string? name) => value;

        public IDisposable? OnChange(Action<ConsoleLoggerOptions, string?> listener) => null;
    }
}
