using System.Runtime.CompilerServices;

namespace Eco.Runtime.Actors;

/// <summary>
/// One lane: a chain of segments that grows with what waits. Adding happens under the mailbox's gate; taking is the consumer's alone and
/// needs no lock, because the count of what was added is published after the slot. The last slot of a segment holds the next segment.
/// </summary>
/// <remarks>A mutable struct, because it is a part of its mailbox: one object and one indirection less per actor. Never copy it.</remarks>
internal struct MailboxLane
{
    private const int FirstSegmentLength = 4;

    private Envelope[]? _tail;
    private Envelope[]? _head;
    private long _added;

    /// <summary>Up to here <see cref="_added"/> may go before the consumer's progress has to be looked at again.</summary>
    private long _limit;
    private long _taken;
    private int _tailIndex;
    private int _headIndex;

    /// <summary>What waits; exact for the consumer, and under the gate.</summary>
    public readonly long Waiting => Volatile.Read(in _added) - Volatile.Read(in _taken);

    public bool IsFull(int capacity)
    {
        if (_added < _limit)
        {
            return false;
        }

        _limit = Volatile.Read(ref _taken) + capacity;
        return _added >= _limit;
    }

    /// <summary>Makes <see cref="TryAddFast"/> always fail.</summary>
    public void RefuseFast() => _limit = long.MinValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAddFast(object message, IActorRef? sender)
    {
        Envelope[]? tail = _tail;
        int index = _tailIndex;
        if (tail is null || _added >= _limit || (uint)index >= (uint)(tail.Length - 1))
        {
            return false;
        }

        Put(ref tail[index], message, sender);
        return true;
    }

    public void Add(object message, IActorRef? sender, MailboxSegmentPool pool)
    {
        if (_tail is null)
        {
            _tail = new Envelope[FirstSegmentLength];
            _head = _tail;
        }
        else if (_tailIndex == _tail.Length - 1)
        {
            Envelope[] next = pool.Rent(_tail.Length * 4);
            _tail[^1].Message = next;
            _tail = next;
            _tailIndex = 0;
        }

        Put(ref _tail[_tailIndex], message, sender);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(MailboxSegmentPool pool, out object message, out IActorRef? sender)
    {
        long taken = _taken;
        if (taken == Volatile.Read(ref _added))
        {
            message = null!;
            sender = null;
            return false;
        }

        Envelope[] head = _head!;
        int index = _headIndex;
        if ((uint)index >= (uint)(head.Length - 1))
        {
            head = MoveOn(head, pool);
            index = 0;
        }

        ref Envelope slot = ref head[index];
        message = slot.Message!;
        sender = slot.Sender;
        slot = default;
        _headIndex = index + 1;
        Volatile.Write(ref _taken, taken + 1);
        return true;
    }

    /// <summary>Under the gate, by the consumer: an empty lane starts its segment again, so that a quiet actor never needs another.</summary>
    public void Settle(MailboxSegmentPool pool)
    {
        if (_added != _taken || _tail is null)
        {
            return;
        }

        // A burst has made it large; a quiet actor keeps little.
        if (_tail.Length > MailboxSegmentPool.KeptLength && _tailIndex <= MailboxSegmentPool.KeptLength)
        {
            pool.Return(_tail);
            _tail = null;
            _head = null;
        }

        _tailIndex = 0;
        _headIndex = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Put(ref Envelope slot, object message, IActorRef? sender)
    {
        slot.Message = message;
        if (sender is not null)
        {
            slot.Sender = sender;
        }

        _tailIndex++;
        Volatile.Write(ref _added, _added + 1);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Envelope[] MoveOn(Envelope[] head, MailboxSegmentPool pool)
    {
        // Something was added after the last slot, so the link is there.
        Envelope[] next = Unsafe.As<Envelope[]>(head[^1].Message!);
        _head = next;
        pool.Return(head);
        return next;
    }
}
