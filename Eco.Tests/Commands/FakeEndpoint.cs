using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Eco.Actors.Console;
using Eco.Host.ConsoleSocket;

namespace Eco.Tests.Commands;

/// <summary>A host that answers as a test tells it to.</summary>
internal sealed class FakeEndpoint : IConsoleEndpoint
{
    private readonly ConcurrentQueue<ConsoleRequest> _requests = new();

    public IReadOnlyCollection<ConsoleRequest> Requests => _requests;

    public Func<ConsoleRequest, ConsoleReply> Answer { get; set; } =
        request => ConsoleJson.Failure(request.Id, ConsoleErrorCodes.Internal, "no answer is set", "set one");

    public IReadOnlyList<LiveView> Live { get; set; } = [];

    public TaskCompletionSource WatchEnded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool KeepWatching { get; set; }

    public Task<ConsoleReply> AskAsync(ConsoleRequest request, CancellationToken cancellation)
    {
        _requests.Enqueue(request);
        return Task.FromResult(Answer(request));
    }

    public async IAsyncEnumerable<ConsoleReply> WatchAsync(
        ConsoleRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        _requests.Enqueue(request);
        try
        {
            foreach (LiveView live in Live)
            {
                yield return ConsoleJson.Reply(request.Id, live);
            }

            if (KeepWatching)
            {
                await new TaskCompletionSource().Task.WaitAsync(cancellation);
            }
        }
        finally
        {
            WatchEnded.TrySetResult();
        }
    }
}
