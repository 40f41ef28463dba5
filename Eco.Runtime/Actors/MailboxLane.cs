using System.Runtime.CompilerServices;

namespace Eco.Runtime.Actors;

/// <summary>
/// One lane: a list of segments that grows with what waits. Adding happens under the mailbox's gate; taking is the consumer's alone and
/// needs no lock, because a segment's count is published after its slot.
/// </summary>
/// <remarks>A mutable struct, because it is a part of its mailbox: one object and one indirection less per actor. Never copy it.</remarks>
internal struct MailboxLane
{
    private const int FirstSegmentLength = 4;

    private MailboxSegment? _tail;
    private long _added;

    /// <summary>Up to here <see cref="_added"/> may go before the consumer's progress has to be looked at again.</summary>
    private long _limit;

    private MailboxSegment? _head;
    private int _headIndex;
    private long _taken;

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
        MailboxSegment? tail = _tail;
        if (tail is null || _added >= _limit)
        {
            return false;
        }

        Envelope[] items = tail.Items;
        int count = tail.Count;
        if ((uint)count >= (uint)items.Length)
        {
            return false;
        }

        ref Envelope slot = ref items[count];
        slot.Message = message;
        slot.Sender = sender;
        _added++;
        Volatile.Write(ref tail.Count, count + 1);
        return true;
    }

    public void Add(object message, IActorRef? sender, MailboxSegmentPool pool)
    {
        MailboxSegment? tail = _tail;
        if (tail is null)
        {
            tail = new MailboxSegment(FirstSegmentLength);
            _tail = tail;
            Volatile.Write(ref _head, tail);
        }
        else if (tail.Count == tail.Items.Length)
        {
            MailboxSegment next = pool.Rent(tail.Items.Length * 4);
            Volatile.Write(ref tail.Next, next);
            _tail = next;
            tail = next;
        }

        ref Envelope slot = ref tail.Items[tail.Count];
        slot.Message = message;
        slot.Sender = sender;
        _added++;
        Volatile.Write(ref tail.Count, tail.Count + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(MailboxSegmentPool pool, out object message, out IActorRef? sender)
    {
        MailboxSegment? head = Volatile.Read(ref _head);
        if (head is not null)
        {
            int index = _headIndex;
            if (index < Volatile.Read(ref head.Count))
            {
                ref Envelope slot = ref head.Items[index];
                message = slot.Message!;
                sender = slot.Sender;
                slot = default;
                _headIndex = index + 1;
                Volatile.Write(ref _taken, _taken + 1);
                return true;
            }

            if (index == head.Items.Length && MoveOn(head, pool))
            {
                return TryTake(pool, out message, out sender);
            }
        }

        message = null!;
        sender = null;
        return false;
    }

    /// <summary>Under the gate, by the consumer: an empty lane starts its segment again, so that a quiet actor never needs another.</summary>
    public void Settle(MailboxSegmentPool pool)
    {
        if (_head is null || _added != _taken)
        {
            return;
        }

        // A burst has made it large; a quiet actor keeps little.
        if (_tail!.Items.Length > MailboxSegmentPool.KeptLength && _tail.Count <= MailboxSegmentPool.KeptLength)
        {
            pool.Return(_tail);
            _head = null;
            _tail = null;
        }
        else
        {
            _tail.Count = 0;
        }

        _headIndex = 0;
    }

    private bool MoveOn(MailboxSegment head, MailboxSegmentPool pool)
    {
        MailboxSegment? next = Volatile.Read(ref head.Next);
        if (next is null)
        {
            return false;
        }

        _headIndex = 0;
        _head = next;
        pool.Return(head);
        return true;
    }
}
