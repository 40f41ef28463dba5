using Microsoft.Extensions.Logging;

namespace Eco.Host.Artifacts;

internal sealed partial class ArtifactRequestHandler
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Method} {Path} was cut off")]
        public static partial void CutOff(ILogger logger, string method, string path);

        [LoggerMessage(2, LogLevel.Error, "{Method} {Path}: the storage failed")]
        public static partial void StorageFailed(ILogger logger, string method, string path, Exception exception);
    }
}
