namespace Eco.Runtime.Actors;

/// <summary>
/// Watches how long an actor has been idle. The actor only notes when it came to rest; the timer looks at that when it fires and waits for
/// what is left, so that a busy actor pays for no timer.
/// </summary>
internal sealed class ReceiveTimeoutMonitor
{
    private readonly ActorCell _cell;
    private readonly Lock _gate = new();
    private IDisposable? _timer;
    private long _idleSince;
    private bool _ended;

    /// <summary>Only the actor touches it: a message has been handled since the actor last came to rest.</summary>
    private bool _influenced;

    public ReceiveTimeoutMonitor(ActorCell cell, TimeSpan timeout)
    {
        _cell = cell;
        Timeout = timeout;
        _idleSince = Clock.GetTimestamp();
        Arm(timeout);
    }

    public TimeSpan Timeout { get; }

    private TimeProvider Clock => _cell.System.TimeProvider;

    /// <summary>Called for each message before it is handled.</summary>
    public void Observe(object message) => _influenced |= message is not (INotInfluenceReceiveTimeout or TimerFired or ReceiveTimeoutDue);

    /// <summary>Called when the actor does something that is no message but belongs to one: the end of an asynchronous handler, a port's answer, a restart.</summary>
    public void Touch() => _influenced = true;

    /// <summary>Called when the actor has nothing more to do for now.</summary>
    public void Settle()
    {
        if (_influenced)
        {
            _influenced = false;
            Volatile.Write(ref _idleSince, Clock.GetTimestamp());
        }
    }

    /// <summary>Called when the timer's message has its turn.</summary>
    /// <returns>Whether the actor really has been idle; otherwise the rest is waited for.</returns>
    public bool IsDue()
    {
        TimeSpan left = Left();
        if (_influenced || left > TimeSpan.Zero)
        {
            Arm(_influenced ? Timeout : left);
            return false;
        }

        // The time-out is a message like others: the next one counts from when it has been handled.
        _influenced = true;
        Arm(Timeout);
        return true;
    }

    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            _timer?.Dispose();
        }
    }

    private TimeSpan Left() => Timeout - Clock.GetElapsedTime(Volatile.Read(ref _idleSince));

    private void Arm(TimeSpan delay)
    {
        IDisposable timer = _cell.System.Timers.StartOnce("a receive time-out", delay, OnTimer);
        lock (_gate)
        {
            if (_ended)
            {
                timer.Dispose();
                return;
            }

            _timer = timer;
        }
    }

    private void OnTimer()
    {
        TimeSpan left = Left();
        if (left > TimeSpan.Zero)
        {
            Arm(left);
        }
        else
        {
            _cell.TellOwn(new ReceiveTimeoutDue(this), _cell);
        }
    }
}
