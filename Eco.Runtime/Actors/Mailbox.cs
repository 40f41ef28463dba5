using System.Runtime.CompilerServices;

namespace Eco.Runtime.Actors;

/// <summary>
/// The lanes of one actor and whether it is scheduled. Many producers, one consumer: producers meet at a gate that is held for a few
/// stores; the consumer takes messages without it and needs it only to go idle. Where it then finds a producer at the gate, it does not
/// wait, for that producer may have lost its processor: it leaves, and the producer decides in its place on its way out.
/// </summary>
/// <remarks>A mutable struct, because it is a part of its actor's cell. Never copy it.</remarks>
internal struct Mailbox(int capacity, MailboxSegmentPool pool)
{
    /// <summary>So many control messages may go first while telemetry waits; then it gets one turn.</summary>
    private const int ControlPreference = 16;

    private const int Idle = 0;

    /// <summary>Idle, and only a system message wakes the actor (it is suspended or waits for a port).</summary>
    private const int IdleBlocked = 1;

    private const int Scheduled = 2;
    private const int Closed = 3;

    /// <summary>No consumer has left the decision to a producer.</summary>
    private const int Decided = 0;

    private const int UndecidedIdle = 1;
    private const int UndecidedBlocked = 2;

    /// <summary>So long the consumer looks for a free gate on several processors; a producer that runs is through in a fraction of it.</summary>
    private const int IdleSpins = 20;

    private static readonly bool SpinsHelp = Environment.ProcessorCount > 1;

    private MailboxLane _control;
    private TelemetryLane? _telemetry;
    private SystemMessage? _systemHead;
    private SystemMessage? _systemTail;
    private int _gate;
    private int _state;
    private int _undecided;
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
            if (_state == Idle)
            {
                _state = Scheduled;
                Exit();
                return PostResult.Wake;
            }

            return Leave();
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

        if (_state == Scheduled)
        {
            return Leave();
        }

        _state = Scheduled;
        Exit();
        return PostResult.Wake;
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
    /// <returns>Whether it has ended; from then on another thread may run the actor.</returns>
    public bool TryIdle(bool blocked)
    {
        while (!TryEnter())
        {
            Volatile.Write(ref _undecided, blocked ? UndecidedBlocked : UndecidedIdle);

            // Either the holder of the gate sees the note when it has left, or the gate is seen free here; producers pay no fence for it.
            Interlocked.MemoryBarrierProcessWide();
            if (Volatile.Read(ref _gate) != 0 || Interlocked.Exchange(ref _undecided, Decided) == Decided)
            {
                return true;
            }
        }

        return DecideIdle(blocked);
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
        bool wake;
        try
        {
            if (_state == Closed)
            {
                Exit();
                return PostResult.Closed;
            }

            if (!force && lane.IsFull(capacity))
            {
                return Leave() == PostResult.Wake ? PostResult.FullWake : PostResult.Full;
            }

            lane.Add(message, sender, pool);
            wake = _state == Idle;
        }
        catch
        {
            // No memory for a segment: the message is the sender's again.
            Exit();
            throw;
        }

        if (!wake)
        {
            return Leave();
        }

        _state = Scheduled;
        Exit();
        return PostResult.Wake;
    }

    /// <summary>With the gate held and the actor scheduled or blocked; leaves the gate and decides where the consumer has left that open.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PostResult Leave()
    {
        Exit();
        return Volatile.Read(ref _undecided) == Decided ? PostResult.Posted : DecideForConsumer();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private PostResult DecideForConsumer()
    {
        int undecided = Interlocked.Exchange(ref _undecided, Decided);
        if (undecided == Decided)
        {
            return PostResult.Posted;
        }

        Enter();
        return DecideIdle(undecided == UndecidedBlocked) ? PostResult.Posted : PostResult.Wake;
    }

    /// <summary>With the gate held; leaves it.</summary>
    private bool DecideIdle(bool blocked)
    {
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryEnter() => Interlocked.CompareExchange(ref _gate, 1, 0) == 0 || (SpinsHelp && TryEnterContended());

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryEnterContended()
    {
        for (int i = 0; i < IdleSpins; i++)
        {
            Thread.SpinWait(4);
            if (Volatile.Read(ref _gate) == 0 && Interlocked.CompareExchange(ref _gate, 1, 0) == 0)
            {
                return true;
            }
        }

        return false;
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
