namespace Eco.Host.Fleet;

/// <summary>A fault of the network that lasts until it is disposed of.</summary>
internal sealed class NetworkCut : IAsyncDisposable
{
    private Func<Task>? _heal;

    /// <summary>A fault that exists.</summary>
    /// <param name="name">For people.</param>
    /// <param name="heal">Ends it; called once.</param>
    public NetworkCut(string name, Func<Task> heal)
    {
        Name = name;
        _heal = heal;
    }

    /// <summary>For people.</summary>
    public string Name { get; }

    /// <summary>Heals it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _heal, null) is { } heal)
        {
            await heal().ConfigureAwait(false);
        }
    }
}
