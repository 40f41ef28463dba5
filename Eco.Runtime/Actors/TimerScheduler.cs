using System.Diagnostics.CodeAnalysis;

namespace Eco.Runtime.Actors;

/// <summary>The timers of one actor. A firing carries its entry; it counts only while that very entry is the one under its key.</summary>
internal sealed class TimerScheduler(ActorCell cell) : ITimerScheduler
{
    private readonly Dictionary<object, Entry> _entries = [];

    public void StartSingleTimer(object key, object message, TimeSpan timeout) => Start(key, message, timeout, null);

    public void StartPeriodicTimer(object key, object message, TimeSpan interval) => Start(key, message, interval, interval);

    public void StartPeriodicTimer(object key, object message, TimeSpan initialDelay, TimeSpan interval) =>
        Start(key, message, initialDelay, interval);

    public bool IsTimerActive(object key) => _entries.ContainsKey(key);

    public void Cancel(object key)
    {
        if (_entries.Remove(key, out Entry? entry))
        {
            entry.Timer?.Dispose();
        }
    }

    public void CancelAll()
    {
        foreach (Entry entry in _entries.Values)
        {
            entry.Timer?.Dispose();
        }

        _entries.Clear();
    }

    public bool TryAccept(TimerFired fired, [NotNullWhen(true)] out object? message)
    {
        Entry entry = fired.Entry;
        if (!_entries.TryGetValue(entry.Key, out Entry? current) || !ReferenceEquals(current, entry))
        {
            message = null;
            return false;
        }

        entry.Delivered();
        if (!entry.IsPeriodic)
        {
            _entries.Remove(entry.Key);
        }

        message = entry.Message;
        return true;
    }

    private void Start(object key, object message, TimeSpan initialDelay, TimeSpan? interval)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(message);
        ArgumentOutOfRangeException.ThrowIfLessThan(initialDelay, TimeSpan.Zero);
        if (interval is not null)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval.Value, TimeSpan.Zero, nameof(interval));
        }

        Cancel(key);
        var entry = new Entry(cell, key, message, interval is not null);
        _entries.Add(key, entry);
        string activity = "a timer of an actor";
        entry.Timer = interval is null
            ? cell.System.Timers.StartOnce(activity, initialDelay, entry.Fire)
            : cell.System.Timers.StartPeriodic(activity, initialDelay, interval.Value, entry.Fire);
    }

    internal sealed class Entry(ActorCell cell, object key, object message, bool isPeriodic)
    {
        private int _waiting;

        public object Key => key;

        public object Message => message;

        public bool IsPeriodic => isPeriodic;

        public IDisposable? Timer { get; set; }

        /// <summary>Called by the clock. A tick that waits in the mailbox stands for those after it: a slow actor is not flooded.</summary>
        public void Fire()
        {
            if (Interlocked.Exchange(ref _waiting, 1) == 0)
            {
                cell.TellOwn(new TimerFired(this), cell);
            }
        }

        public void Delivered() => Volatile.Write(ref _waiting, 0);
    }
}
