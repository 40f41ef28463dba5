using Microsoft.Extensions.Logging;

namespace Eco.Host.Composition.Hosting;

/// <summary>The log messages of <see cref="EcoHost"/>.</summary>
internal static partial class EcoHostLog
{
    [LoggerMessage(6101, LogLevel.Warning, "the timeline is behind the journal at the end; it catches up at the next start: {Reason}")]
    public static partial void LogTimelineBehind(this ILogger logger, string reason);

    [LoggerMessage(6102, LogLevel.Warning, "{System} did not stop within {Seconds} s and is cut off; it recovers from its journal at the next start")]
    public static partial void LogCutOff(this ILogger logger, string system, double seconds);
}
