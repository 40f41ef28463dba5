namespace Eco.Runtime.Persistence;

/// <summary>One host's hybrid logical clock: readings never go back and are always later than any reading that was received.</summary>
/// <remarks>Safe for use by many threads; one per host.</remarks>
public sealed class HybridClock(TimeProvider timeProvider, string host)
{
    private readonly Lock _gate = new();
    private long _wall;
    private int _counter;

    /// <summary>A new reading, later than all before it.</summary>
    public HybridTimestamp Now()
    {
        lock (_gate)
        {
            Advance(timeProvider.GetUtcNow().ToUnixTimeMilliseconds());
            return new HybridTimestamp(_wall, _counter, host);
        }
    }

    /// <summary>Takes in a reading that came with a message, so that the next own reading is later than it.</summary>
    public void Observe(HybridTimestamp remote)
    {
        lock (_gate)
        {
            if (remote.WallMilliseconds > _wall)
            {
                _wall = remote.WallMilliseconds;
                _counter = remote.Counter;
            }
            else if (remote.WallMilliseconds == _wall && remote.Counter > _counter)
            {
                _counter = remote.Counter;
            }
        }
    }

    private void Advance(long physical)
    {
        if (physical > _wall)
        {
            _wall = physical;
            _counter = 0;
        }
        else
        {
            _counter++;
        }
    }
}
