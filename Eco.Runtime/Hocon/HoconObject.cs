using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Eco.Runtime.Hocon;

/// <summary>Named values, in the order in which the names were first written.</summary>
public sealed partial class HoconObject : HoconNode, IReadOnlyCollection<HoconField>
{
    // Most objects have few fields: a short scan beats a table, in time and above all in memory.
    private const int ScannedFields = 8;

    private HoconEntry[] _entries = [];

    // Of more fields: where each key's hash leads, the index plus one; 0 where nothing is. At most half of it is in use.
    private int[]? _slots;
    private bool _resolved = true;

    internal HoconObject(HoconPlace place)
        : base(place)
    {
    }

    /// <inheritdoc/>
    public override HoconKind Kind => HoconKind.Object;

    /// <inheritdoc/>
    public int Count { get; private set; }

    /// <summary>The names, in order.</summary>
    public IEnumerable<string> Keys => this.Select(f => f.Key);

    internal override bool IsResolved => _resolved;

    /// <summary>The fields as they are kept.</summary>
    internal ReadOnlySpan<HoconEntry> Entries => _entries.AsSpan(0, Count);

    /// <summary>What the object costs when it is written out in full, in values and characters; 0 until it has been worked out.</summary>
    internal int ExpandedSize { get; set; }

    /// <summary>How many containers lie within each other, this one included; known together with <see cref="ExpandedSize"/>.</summary>
    internal short ExpandedDepth { get; set; }

    /// <summary>Finds a field by its name, which is taken as it is and not as a path.</summary>
    public bool TryGetField(string key, [NotNullWhen(true)] out HoconField? field)
    {
        ArgumentNullException.ThrowIfNull(key);
        int at = IndexOf(key);
        field = at < 0 ? null : new HoconField(_entries[at]);
        return field is not null;
    }

    /// <inheritdoc/>
    public IEnumerator<HoconField> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return new HoconField(_entries[i]);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Finds a field's value by its name.</summary>
    internal bool TryGetValue(string key, [NotNullWhen(true)] out HoconNode? value)
    {
        int at = IndexOf(key);
        value = at < 0 ? null : _entries[at].Value;
        return at >= 0;
    }

    internal HoconNode ValueAt(int index) => _entries[index].Value;

    /// <summary>Where a field stands, below zero when there is none.</summary>
    internal int IndexOf(string key)
    {
        if (_slots is not null)
        {
            return _slots[SlotOf(_slots, key)] - 1;
        }

        for (int i = 0; i < Count; i++)
        {
            if (string.Equals(_entries[i].Key, key, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }

    internal void Put(HoconEntry entry) => Put(IndexOf(entry.Key), entry);

    /// <summary>Puts a field at the place that <see cref="IndexOf"/> gave for its name.</summary>
    internal void Put(int at, HoconEntry entry)
    {
        _resolved &= entry.Value.IsResolved;
        if (at >= 0)
        {
            _entries[at] = entry;
            return;
        }

        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count == 0 ? 1 : Count * 2);
        }

        _entries[Count++] = entry;
        if (Count <= ScannedFields)
        {
            return;
        }

        if (_slots is null || Count * 2 > _slots.Length)
        {
            Reindex();
        }
        else
        {
            _slots[SlotOf(_slots, entry.Key)] = Count;
        }
    }

    internal void ReplaceAt(int index, HoconNode value) => _entries[index] = _entries[index].With(value);

    internal void MarkUnresolved() => _resolved = false;

    /// <summary>Makes room in an object that has no fields yet.</summary>
    internal void Reserve(int count) => _entries = new HoconEntry[count];

    /// <summary>Lets an object that has no fields yet grow in a buffer that is lent to it.</summary>
    internal void Borrow(HoconEntry[] buffer) => _entries = buffer;

    /// <summary>Ends <see cref="Borrow"/>: what has not outgrown the buffer moves to an array of its own.</summary>
    internal void GiveBack(HoconEntry[] buffer)
    {
        if (ReferenceEquals(_entries, buffer))
        {
            _entries = Entries.ToArray();
        }
    }

    internal void Complete()
    {
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            if (_entries[i].Value is not Absent)
            {
                _entries[kept++] = _entries[i];
            }
        }

        if (kept < Count)
        {
            Array.Clear(_entries, kept, Count - kept);
            Count = kept;
            Reindex();
        }

        _resolved = true;
    }

    private void Reindex()
    {
        _slots = null;
        if (Count <= ScannedFields)
        {
            return;
        }

        int[] slots = new int[BitOperations.RoundUpToPowerOf2((uint)Count * 4)];
        for (int i = 0; i < Count; i++)
        {
            slots[SlotOf(slots, _entries[i].Key)] = i + 1;
        }

        _slots = slots;
    }

    /// <summary>The slot that leads to a key, or the free one where it would stand.</summary>
    private int SlotOf(int[] slots, string key)
    {
        int mask = slots.Length - 1;
        int at = key.GetHashCode() & mask;
        while (slots[at] != 0 && !string.Equals(_entries[slots[at] - 1].Key, key, StringComparison.Ordinal))
        {
            at = (at + 1) & mask;
        }

        return at;
    }
}
