using System.Collections;

namespace Eco.Runtime.Hocon;

/// <summary>A list of values.</summary>
public sealed class HoconArray : HoconNode, IReadOnlyList<HoconNode>
{
    private HoconNode[] _items;
    private bool _resolved;

    internal HoconArray(HoconPlace place, HoconNode[] items)
        : base(place)
    {
        _items = items;
        Count = items.Length;
        _resolved = true;
        foreach (var item in items)
        {
            _resolved &= item.IsResolved;
        }
    }

    private HoconArray(HoconPlace place, HoconNode[] resolvedItems, int count)
        : base(place)
    {
        _items = resolvedItems;
        Count = count;
        _resolved = true;
    }

    /// <inheritdoc/>
    public override HoconKind Kind => HoconKind.Array;

    /// <inheritdoc/>
    public int Count { get; private set; }

    internal override bool IsResolved => _resolved;

    /// <summary>What the array costs when it is written out in full, in values and characters; 0 until it has been worked out.</summary>
    internal int ExpandedSize { get; set; }

    /// <summary>How many containers lie within each other, this one included; known together with <see cref="ExpandedSize"/>.</summary>
    internal short ExpandedDepth { get; set; }

    /// <inheritdoc/>
    public HoconNode this[int index] => _items.AsSpan(0, Count)[index];

    /// <inheritdoc/>
    public IEnumerator<HoconNode> GetEnumerator() => new ArraySegment<HoconNode>(_items, 0, Count).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>
    /// The items of two resolved arrays. The first one's buffer is shared where it has room behind what the first array shows, so that a thousand
    /// appends do not copy a thousand times.
    /// </summary>
    internal static HoconArray Extend(HoconPlace place, HoconArray first, HoconArray second, out int copied)
    {
        int count = first.Count + second.Count;
        bool fits = count <= first._items.Length && (second.Count == 0 || first._items[first.Count] is null);
        var items = fits ? first._items : new HoconNode[Math.Max(4, count * 2)];
        copied = second.Count;
        if (!fits)
        {
            first._items.AsSpan(0, first.Count).CopyTo(items);
            copied = count;
        }

        second._items.AsSpan(0, second.Count).CopyTo(items.AsSpan(first.Count));
        return new HoconArray(place, items, count);
    }

    internal void Append(HoconNode item)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Math.Max(4, Count * 2));
        }

        _items[Count++] = item;
        _resolved &= item.IsResolved;
    }

    internal void Replace(int index, HoconNode item) => _items[index] = item;

    internal void Complete()
    {
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            if (_items[i] is not Absent)
            {
                _items[kept++] = _items[i];
            }
        }

        Array.Clear(_items, kept, Count - kept);
        Count = kept;
        _resolved = true;
    }
}
