using System.Collections;
using System.Runtime.InteropServices;

namespace Eco.Runtime.Hocon;

/// <summary>A list of values.</summary>
public sealed class HoconArray : HoconNode, IReadOnlyList<HoconNode>
{
    private readonly List<HoconNode> _items;
    private bool _resolved;

    internal HoconArray(HoconPosition position, List<HoconNode> items)
        : base(position)
    {
        _items = items;
        _resolved = true;
        foreach (var item in CollectionsMarshal.AsSpan(items))
        {
            _resolved &= item.IsResolved;
        }
    }

    /// <inheritdoc/>
    public override HoconKind Kind => HoconKind.Array;

    /// <inheritdoc/>
    public int Count => _items.Count;

    internal override bool IsResolved => _resolved;

    /// <summary>What the array costs when it is written out in full, in values and characters; 0 until it has been worked out.</summary>
    internal long ExpandedSize { get; set; }

    /// <summary>How many containers lie within each other, this one included; known together with <see cref="ExpandedSize"/>.</summary>
    internal int ExpandedDepth { get; set; }

    /// <inheritdoc/>
    public HoconNode this[int index] => _items[index];

    /// <inheritdoc/>
    public IEnumerator<HoconNode> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void Append(HoconNode item)
    {
        _items.Add(item);
        _resolved &= item.IsResolved;
    }

    internal void Replace(int index, HoconNode item) => _items[index] = item;

    internal void Complete(Predicate<HoconNode> isAbsent)
    {
        _items.RemoveAll(isAbsent);
        _resolved = true;
    }
}
