using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Eco.Host.Composition;

/// <summary>The log of a host: single lines on the standard error stream, so that the standard output stays the command's.</summary>
internal static class HostLogging
{
    public static ILoggerFactory Create(LogLevel level) => LoggerFactory.Create(builder => builder
        .SetMinimumLevel(level)
        .AddSimpleConsole(format =>
        {
            format.SingleLine = true;
            format.UseUtcTimestamp = true;
            format.TimestampFormat = "HH:mm:ss.fff ";
        })
        .Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace));
}
