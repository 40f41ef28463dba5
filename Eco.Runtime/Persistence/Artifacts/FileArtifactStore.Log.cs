using Microsoft.Extensions.Logging;

namespace Eco.Runtime.Persistence.Artifacts;

public sealed partial class FileArtifactStore
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Artefact folder {Folder}: {Hash} failed")]
        public static partial void RequestFailed(ILogger logger, string folder, string hash, Exception exception);

        [LoggerMessage(2, LogLevel.Error, "Artefact folder {Folder}: {Hash} is corrupt: {Finding}")]
        public static partial void Corrupt(ILogger logger, string folder, string hash, string finding);

        [LoggerMessage(3, LogLevel.Warning, "Artefact folder {Folder}: an answer ({Answer}) could not be handed over")]
        public static partial void ReplyFailed(ILogger logger, string folder, string answer, Exception exception);

        [LoggerMessage(4, LogLevel.Error, "Artefact folder {Folder}: unexpected failure of the worker")]
        public static partial void Unexpected(ILogger logger, string folder, Exception exception);
    }
}
