using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Eco.Runtime.Hocon;

/// <summary>Named values, in the order in which the names were first written.</summary>
public sealed partial class HoconObject : HoconNode, IReadOnlyCollection<HoconField>
{
    // Most objects have few fields: a short scan beats a table, in time and above all in memory.
    private const int ScannedFields = 8;

    private HoconField[] _fields = [];
    private Dictionary<string, int>? _index;
    private bool _resolved = true;

    internal HoconObject(HoconPosition position)
        : base(position)
    {
    }

    /// <inheritdoc/>
    public override HoconKind Kind => HoconKind.Object;

    /// <inheritdoc/>
    public int Count { get; private set; }

    /// <summary>The names, in order.</summary>
    public IEnumerable<string> Keys => this.Select(f => f.Key);

    internal override bool IsResolved => _resolved;

    /// <summary>What the object costs when it is written out in full, in values and characters; 0 until it has been worked out.</summary>
    internal long ExpandedSize { get; set; }

    /// <summary>How many containers lie within each other, this one included; known together with <see cref="ExpandedSize"/>.</summary>
    internal int ExpandedDepth { get; set; }

    /// <summary>Finds a field by its name, which is taken as it is and not as a path.</summary>
    public bool TryGetField(string key, [NotNullWhen(true)] out HoconField? field)
    {
        ArgumentNullException.ThrowIfNull(key);
        int at = IndexOf(key);
        field = at < 0 ? null : _fields[at];
        return field is not null;
    }

    /// <inheritdoc/>
    public IEnumerator<HoconField> GetEnumerator() => new ArraySegment<HoconField>(_fields, 0, Count).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal HoconField FieldAt(int index) => _fields[index];

    internal void Put(HoconField field)
    {
        _resolved &= field.Value.IsResolved;
        int at = IndexOf(field.Key);
        if (at >= 0)
        {
            _fields[at] = field;
            return;
        }

        if (Count == _fields.Length)
        {
            Array.Resize(ref _fields, Math.Max(2, Count * 2));
        }

        _fields[Count] = field;
        _index?.Add(field.Key, Count);
        if (++Count > ScannedFields && _index is null)
        {
            Reindex();
        }
    }

    internal void ReplaceAt(int index, HoconNode value) => _fields[index] = _fields[index].With(value);

    internal void MarkUnresolved() => _resolved = false;

    internal void Complete(Predicate<HoconNode> isAbsent)
    {
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            if (!isAbsent(_fields[i].Value))
            {
                _fields[kept++] = _fields[i];
            }
        }

        if (kept < Count)
        {
            Array.Clear(_fields, kept, Count - kept);
            Count = kept;
            Reindex();
        }

        _resolved = true;
    }

    private int IndexOf(string key)
    {
        if (_index is not null)
        {
            return _index.TryGetValue(key, out int found) ? found : -1;
        }

        for (int i = 0; i < Count; i++)
        {
            if (string.Equals(_fields[i].Key, key, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }

    private void Reindex()
    {
        _index = null;
        if (Count > ScannedFields)
        {
            _index = new Dictionary<string, int>(_fields.Length, StringComparer.Ordinal);
            for (int i = 0; i < Count; i++)
            {
                _index.Add(_fields[i].Key, i);
            }
        }
    }
}
