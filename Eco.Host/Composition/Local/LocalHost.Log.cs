using Microsoft.Extensions.Logging;

namespace Eco.Host.Composition.Local;

/// <summary>The log messages of <see cref="LocalHost"/>.</summary>
internal static partial class LocalHostLog
{
    [LoggerMessage(6101, LogLevel.Warning, "the timeline is behind the journal at the end; it catches up at the next start: {Reason}")]
    public static partial void LogTimelineBehind(this ILogger logger, string reason);
}
