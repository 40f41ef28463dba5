using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Eco.Runtime.Hocon;

/// <summary>Named values, in the order in which the names were first written.</summary>
public sealed partial class HoconObject : HoconNode, IReadOnlyCollection<HoconField>
{
    private readonly OrderedDictionary<string, HoconField> _fields = new(StringComparer.Ordinal);
    private bool _resolved = true;

    internal HoconObject(HoconPosition position)
        : base(position)
    {
    }

    /// <inheritdoc/>
    public override HoconKind Kind => HoconKind.Object;

    /// <inheritdoc/>
    public int Count => _fields.Count;

    /// <summary>The names, in order.</summary>
    public IEnumerable<string> Keys => _fields.Keys;

    internal override bool IsResolved => _resolved;

    /// <summary>What the object costs when it is written out in full, in values and characters; 0 until it has been worked out.</summary>
    internal long ExpandedSize { get; set; }

    /// <summary>How many containers lie within each other, this one included; known together with <see cref="ExpandedSize"/>.</summary>
    internal int ExpandedDepth { get; set; }

    /// <summary>Finds a field by its name, which is taken as it is and not as a path.</summary>
    public bool TryGetField(string key, [NotNullWhen(true)] out HoconField? field)
    {
        ArgumentNullException.ThrowIfNull(key);
        return _fields.TryGetValue(key, out field);
    }

    /// <inheritdoc/>
    public IEnumerator<HoconField> GetEnumerator() => _fields.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal HoconField FieldAt(int index) => _fields.GetAt(index).Value;

    internal void Put(HoconField field)
    {
        _fields[field.Key] = field;
        _resolved &= field.Value.IsResolved;
    }

    internal void ReplaceAt(int index, HoconNode value) => _fields.SetAt(index, _fields.GetAt(index).Value.With(value));

    internal void MarkUnresolved() => _resolved = false;

    internal void Complete(Predicate<HoconNode> isAbsent)
    {
        // Rebuilt rather than removed one by one, which would cost a shift for each.
        if (_fields.Values.Any(f => isAbsent(f.Value)))
        {
            var kept = _fields.Values.Where(f => !isAbsent(f.Value)).ToArray();
            _fields.Clear();
            foreach (var field in kept)
            {
                _fields.Add(field.Key, field);
            }
        }

        _resolved = true;
    }
}
