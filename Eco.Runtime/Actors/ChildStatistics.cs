namespace Eco.Runtime.Actors;

/// <summary>What a supervisor remembers of a child's failures.</summary>
internal sealed class ChildStatistics(ActorCell cell)
{
    /// <summary>Restarts in the current window, or in all where there is no window.</summary>
    public int Restarts { get; private set; }

    private Random? _random;

    /// <summary>Restarts since the child was last quiet for longer than its back-off.</summary>
    private int _consecutiveRestarts;

    /// <summary>When the last restart was decided, by the monotonic clock.</summary>
    private long _lastRestart;
    private long _windowStart;
    private bool _windowOpen;

    /// <summary>The wait before the restart that has just been allowed.</summary>
    public TimeSpan NextDelay(ExponentialBackoff backoff, ActorSystem system)
    {
        TimeProvider clock = system.TimeProvider;
        long now = clock.GetTimestamp();
        if (_consecutiveRestarts > 0 && clock.GetElapsedTime(_lastRestart, now) > backoff.Max * 2)
        {
            _consecutiveRestarts = 0;
        }

        _lastRestart = now;

        // A stream of its own, so that no other child's failures change this one's waits.
        _random ??= system.Random.Stream(cell.Path.Address + "#restart");
        return backoff.Delay(_consecutiveRestarts++, _random);
    }

    /// <summary>Counts one more restart if the limits allow it.</summary>
    /// <param name="maxRetries">Null for no limit.</param>
    /// <param name="window">Null for one window without end.</param>
    /// <param name="timeProvider">The system's clock.</param>
    public bool RequestRestart(int? maxRetries, TimeSpan? window, TimeProvider timeProvider)
    {
        if (maxRetries < 1)
        {
            return false;
        }

        if (window is null)
        {
            return maxRetries is null || ++Restarts <= maxRetries;
        }

        long now = timeProvider.GetTimestamp();
        if (!_windowOpen || timeProvider.GetElapsedTime(_windowStart, now) > window)
        {
            _windowOpen = true;
            _windowStart = now;
            Restarts = 1;
            return true;
        }

        return ++Restarts <= (maxRetries ?? 1);
    }
}
