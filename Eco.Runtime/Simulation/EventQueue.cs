namespace Eco.Runtime.Simulation;

/// <summary>
/// A four-way heap on the due time. Each event knows its place, so that a cancelled timer leaves at once: ask time-outs would
/// otherwise pile up by the million. Events of the same time have no order here; the scheduler's random pick decides it.
/// </summary>
internal sealed class EventQueue
{
    private const int Arity = 4;
    private SimulationEvent[] _heap = new SimulationEvent[64];

    public int Count { get; private set; }

    public SimulationEvent? Peek => Count > 0 ? _heap[0] : null;

    public void Add(SimulationEvent item)
    {
        if (Count == _heap.Length)
        {
            Array.Resize(ref _heap, Count * 2);
        }

        SiftUp(Count++, item);
    }

    public SimulationEvent Pop()
    {
        SimulationEvent first = _heap[0];
        Remove(first);
        return first;
    }

    public void Remove(SimulationEvent item)
    {
        int index = item.HeapIndex;
        if (index < 0)
        {
            return;
        }

        item.HeapIndex = -1;
        SimulationEvent last = _heap[--Count];
        _heap[Count] = null!;
        if (index == Count)
        {
            return;
        }

        if (index > 0 && last.Due < _heap[(index - 1) / Arity].Due)
        {
            SiftUp(index, last);
        }
        else
        {
            SiftDown(index, last);
        }
    }

    /// <summary>Drops every event of an incarnation that has ended.</summary>
    public void RemoveScope(HostScope scope)
    {
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            SimulationEvent item = _heap[i];
            if (item.Scope == scope)
            {
                item.HeapIndex = -1;
                item.IsCancelled = true;
            }
            else
            {
                _heap[kept] = item;
                item.HeapIndex = kept++;
            }
        }

        Array.Clear(_heap, kept, Count - kept);
        Count = kept;
        for (int i = (Count - 2) / Arity; i >= 0; i--)
        {
            if (i < Count)
            {
                SiftDown(i, _heap[i]);
            }
        }
    }

    private void SiftUp(int index, SimulationEvent item)
    {
        while (index > 0)
        {
            int parent = (index - 1) / Arity;
            if (_heap[parent].Due <= item.Due)
            {
                break;
            }

            Place(index, _heap[parent]);
            index = parent;
        }

        Place(index, item);
    }

    private void SiftDown(int index, SimulationEvent item)
    {
        while (true)
        {
            int first = (index * Arity) + 1;
            if (first >= Count)
            {
                break;
            }

            int least = first;
            int end = Math.Min(first + Arity, Count);
            for (int child = first + 1; child < end; child++)
            {
                if (_heap[child].Due < _heap[least].Due)
                {
                    least = child;
                }
            }

            if (item.Due <= _heap[least].Due)
            {
                break;
            }

            Place(index, _heap[least]);
            index = least;
        }

        Place(index, item);
    }

    private void Place(int index, SimulationEvent item)
    {
        _heap[index] = item;
        item.HeapIndex = index;
    }
}
