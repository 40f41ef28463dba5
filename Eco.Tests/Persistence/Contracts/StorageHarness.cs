using Eco.Runtime.Actors;

namespace Eco.Tests.Persistence.Contracts;

/// <summary>One storage of one host under a contract suite. The real ones wait in real time, the simulated ones move their clock.</summary>
/// <typeparam name="TPort">The port, such as the journal's.</typeparam>
public abstract class StorageHarness<TPort> : IAsyncDisposable
{
    /// <summary>The opened storage.</summary>
    public abstract TPort Port { get; }

    /// <summary>Ends the host and starts it again on the same stored data; <see cref="Port"/> is then another object.</summary>
    public abstract Task ReopenAsync();

    /// <summary>Waits until a condition holds; throws with <paramref name="lastObservation"/> when it does not in time.</summary>
    public abstract Task WaitAsync(string what, Func<bool> condition, Func<string> lastObservation);

    public abstract ValueTask DisposeAsync();

    /// <summary>Makes a call and waits for its single answer.</summary>
    public async Task<object> AskAsync(Action<TPort, IActorRef> call) => (await AskAsync(call, answers => answers.Count > 0))[0];

    /// <summary>Makes a call, or several, and waits until the answers are complete.</summary>
    public async Task<IReadOnlyList<object>> AskAsync(Action<TPort, IActorRef> call, Func<IReadOnlyList<object>, bool> complete)
    {
        var recorder = new RecordingRef();
        call(Port, recorder);
        await WaitAsync("the answers to a request", () => complete(recorder.Messages), () => $"[{string.Join(", ", recorder.Messages)}]");
        return recorder.Messages;
    }
}
