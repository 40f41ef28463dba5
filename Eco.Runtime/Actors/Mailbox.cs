using System.Runtime.CompilerServices;

namespace Eco.Runtime.Actors;

/// <summary>
/// The lanes of one actor and whether it is scheduled. Many producers, one consumer: producers meet at a gate that is held for a few
/// stores; the consumer takes messages without it and needs it only to go idle.
/// </summary>
internal sealed class Mailbox(int capacity, MailboxSegmentPool pool)
{
    /// <summary>So many control messages may go first while telemetry waits; then it gets one turn.</summary>
    private const int ControlPreference = 16;

    private const int Idle = 0;

    /// <summary>Idle, and only a system message wakes the actor (it is suspended or waits for a port).</summary>
    private const int IdleBlocked = 1;

    private const int Scheduled = 2;
    private const int Closed = 3;

    private MailboxLane _control;
    private TelemetryLane? _telemetry;
    private SystemMessage? _systemHead;
    private SystemMessage? _systemTail;
    private int _gate;
    private int _state;
    private int _controlInARow;

    public bool HasSystem => Volatile.Read(ref _systemHead) is not null;

    public bool IsClosed => Volatile.Read(ref _state) == Closed;

    /// <summary>Messages that wait in the user lanes; exact only for the consumer.</summary>
    public long Waiting => _control.Waiting + (_telemetry?.Lane.Waiting ?? 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PostResult Post(object message, IActorRef? sender, bool force)
    {
        Enter();
        if (_control.TryAddFast(message, sender))
        {
            // A closed mailbox refuses the fast way, so only the other three states are left.
            bool wake = _state == Idle;
            if (wake)
            {
                _state = Scheduled;
            }

            Exit();
            return wake ? PostResult.Wake : PostResult.Posted;
        }

        return PostSlow(ref _control, message, sender, force);
    }

    public PostResult PostTelemetry(object message, IActorRef? sender)
    {
        Enter();
        TelemetryLane telemetry = _telemetry ?? AddTelemetryLane();
        return PostSlow(ref telemetry.Lane, message, sender, force: false);
    }

    public PostResult PostSystem(SystemMessage message)
    {
        Enter();
        if (_state == Closed)
        {
            Exit();
            return PostResult.Closed;
        }

        if (_systemTail is null)
        {
            _systemTail = message;
            Volatile.Write(ref _systemHead, message);
        }
        else
        {
            _systemTail.Next = message;
            _systemTail = message;
        }

        bool wake = _state != Scheduled;
        _state = Scheduled;
        Exit();
        return wake ? PostResult.Wake : PostResult.Posted;
    }

    /// <summary>Takes the whole system lane, in order, linked by <see cref="SystemMessage.Next"/>.</summary>
    public SystemMessage? TakeSystem()
    {
        Enter();
        SystemMessage? head = _systemHead;
        _systemHead = null;
        _systemTail = null;
        Exit();
        return head;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(out object message, out IActorRef? sender) =>
        Volatile.Read(ref _telemetry) is null ? _control.TryTake(pool, out message, out sender) : TryTakeFair(out message, out sender);

    /// <summary>Ends the consumer's turn unless something waits that it could do.</summary>
    /// <param name="blocked">Whether only system messages could be done.</param>
    public bool TryIdle(bool blocked)
    {
        Enter();
        if (_systemHead is not null || (!blocked && Waiting > 0))
        {
            Exit();
            return false;
        }

        _control.Settle(pool);
        _telemetry?.Lane.Settle(pool);
        _state = blocked ? IdleBlocked : Idle;
        Exit();
        return true;
    }

    /// <summary>Refuses everything from now on; what waits can still be taken.</summary>
    public void Close()
    {
        Enter();
        _state = Closed;
        _control.RefuseFast();
        Exit();
    }

    private bool TryTakeFair(out object message, out IActorRef? sender)
    {
        if (_controlInARow < ControlPreference && _control.TryTake(pool, out message, out sender))
        {
            _controlInARow++;
            return true;
        }

        _controlInARow = 0;
        return _telemetry!.Lane.TryTake(pool, out message, out sender) || _control.TryTake(pool, out message, out sender);
    }

    /// <summary>With the gate held; leaves it.</summary>
    private PostResult PostSlow(ref MailboxLane lane, object message, IActorRef? sender, bool force)
    {
        try
        {
            if (_state == Closed)
            {
                return PostResult.Closed;
            }

            if (!force && lane.IsFull(capacity))
            {
                return PostResult.Full;
            }

            lane.Add(message, sender, pool);
            if (_state != Idle)
            {
                return PostResult.Posted;
            }

            _state = Scheduled;
            return PostResult.Wake;
        }
        finally
        {
            Exit();
        }
    }

    private TelemetryLane AddTelemetryLane()
    {
        try
        {
            var lane = new TelemetryLane();
            Volatile.Write(ref _telemetry, lane);
            return lane;
        }
        catch
        {
            Exit();
            throw;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Enter()
    {
        if (Interlocked.CompareExchange(ref _gate, 1, 0) != 0)
        {
            EnterContended();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EnterContended()
    {
        var spinner = default(SpinWait);
        do
        {
            // Never sleeps: the holder is between a few stores, or has lost its processor, and yielding gives it back.
            spinner.SpinOnce(sleep1Threshold: -1);
        }
        while (Volatile.Read(ref _gate) != 0 || Interlocked.CompareExchange(ref _gate, 1, 0) != 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Exit() => Volatile.Write(ref _gate, 0);

    /// <summary>Made at the first telemetry message; most actors never get one.</summary>
    private sealed class TelemetryLane
    {
        public MailboxLane Lane;
    }
}
