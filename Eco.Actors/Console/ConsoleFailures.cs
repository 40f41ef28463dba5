using Eco.Runtime.Cluster;

namespace Eco.Actors.Console;

/// <summary>What a failure that comes back from an entity, or from the way to it, means to who asked.</summary>
internal static class ConsoleFailures
{
    /// <summary>The reply.</summary>
    /// <param name="id">The request's.</param>
    /// <param name="cause">Why it failed.</param>
    /// <param name="otherwise">The code of a cause that is none of the message layer's.</param>
    public static ConsoleReply Of(long id, Exception cause, string otherwise) => cause switch
    {
        EntityElsewhereException elsewhere => ConsoleJson.Failure(
            id, ConsoleErrorCodes.Refused, elsewhere.Message, $"run the command on the host {elsewhere.Owner}"),
        FrameTooLargeException => ConsoleJson.Failure(id, ConsoleErrorCodes.Refused, cause.Message, "make it smaller, or refer to a file"),
        TimeoutException => ConsoleJson.Failure(id, ConsoleErrorCodes.NoHost, cause.Message, "try again; see the host's log, or eco doctor"),
        _ => ConsoleJson.Failure(id, otherwise, cause.Message, "see the host's log"),
    };
}
