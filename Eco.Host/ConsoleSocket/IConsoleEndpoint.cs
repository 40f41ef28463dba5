using Eco.Actors.Console;

namespace Eco.Host.ConsoleSocket;

/// <summary>Who answers the verbs that arrive on the socket. Called from many threads at once.</summary>
public interface IConsoleEndpoint
{
    /// <summary>Answers one verb. A failure is a reply with an error, not an exception.</summary>
    Task<ConsoleReply> AskAsync(ConsoleRequest request, CancellationToken cancellation);

    /// <summary>
    /// Streams what happens, until cancelled. The stream has its own bound and drops its oldest entries where the reader is slow.
    /// </summary>
    IAsyncEnumerable<ConsoleReply> WatchAsync(ConsoleRequest request, CancellationToken cancellation);
}
