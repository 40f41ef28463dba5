namespace Eco.Runtime.Hocon;

/// <summary>A value that is known only once substitutions are resolved. None is left in a tree that the parser hands out.</summary>
internal abstract class UnresolvedNode(HoconPlace position) : HoconNode(position)
{
    public override HoconKind Kind => throw new InvalidOperationException($"The value at {Position} is not resolved yet.");

    internal override bool IsResolved => false;

    /// <summary>Set while the value is being worked out: whoever meets it then has found a cycle, or looks back below it.</summary>
    public bool InProgress { get; set; }

    /// <summary>The outcome, once it is known; also of a failure, so that it is reported once.</summary>
    public HoconNode? Result { get; set; }
}

/// <summary><c>${path}</c> or <c>${?path}</c>.</summary>
internal sealed class Substitution(HoconPlace position, string[] path, int prefixLength, bool optional, bool list) : UnresolvedNode(position)
{
    /// <summary>From the root of the whole document: the place of the include statement, then what the included text says.</summary>
    public string[] Path { get; } = path;

    /// <summary>How many elements of the path come from the place of an include statement.</summary>
    public int PrefixLength { get; } = prefixLength;

    public bool Optional { get; } = optional;

    /// <summary>Written with a trailing <c>[]</c>: the environment variables NAME_0, NAME_1, ... as an array.</summary>
    public bool IsList { get; } = list;

    /// <summary>Part of a concatenation with an object, so nothing but an object will do.</summary>
    public bool RequiresObject { get; set; }

    /// <summary>The value of a field that refers to that very field, so that it means what the field was before.</summary>
    public bool IsSelfReference { get; set; }

    /// <summary>Set while a path through this substitution is followed without resolving all of it.</summary>
    public bool InPassing { get; set; }

    public string Written => HoconPath.Render(Path.AsSpan(PrefixLength));
}

/// <summary>A part of a concatenation: a value, or the white space between two.</summary>
internal readonly record struct Piece(HoconNode? Value, string? Whitespace);

/// <summary>Values side by side of which at least one is a substitution.</summary>
internal sealed class Concatenation(HoconPlace position, Piece[] pieces) : UnresolvedNode(position)
{
    public Piece[] Pieces { get; } = pieces;
}

/// <summary>What <c>+=</c> adds to the value below it.</summary>
internal sealed class Appending(HoconPlace position, List<HoconNode> items, bool needsBelow, string[]? fallback) : UnresolvedNode(position)
{
    /// <summary>Where the value to append to is looked for when nothing is below; null where nothing could be found.</summary>
    public string[]? Fallback { get; } = fallback;

    public List<HoconNode> Items { get; } = items;

    /// <summary>Whether it is an error when there is nothing below: <c>a = ${a} [x]</c>, unlike <c>a += x</c>.</summary>
    public bool NeedsBelow { get; } = needsBelow;
}

/// <summary>All assignments to one field that may still matter, from the first to the last.</summary>
internal sealed class LayerStack(HoconPlace position) : UnresolvedNode(position)
{
    private List<HoconNode?>? _folds;

    public List<HoconNode> Layers { get; } = [];

    /// <summary>The merged object while its fields are being resolved, so that paths through it find the one true field.</summary>
    public HoconObject? Merged { get; set; }

    public HoconNode Top => Layers[^1];

    /// <summary>The value that the layers up to this one give, once known.</summary>
    public HoconNode? FoldUpTo(int layer) =>
        layer == Layers.Count - 1 ? Result
        : _folds is null || layer >= _folds.Count ? null
        : _folds[layer];

    public void KeepFold(int layer, HoconNode value)
    {
        if (layer == Layers.Count - 1)
        {
            Result = value;
            return;
        }

        _folds ??= [];
        while (_folds.Count <= layer)
        {
            _folds.Add(null);
        }

        _folds[layer] = value;
    }
}

/// <summary>Outcomes that are not values.</summary>
internal sealed class Absent : HoconNode
{
    /// <summary>Nothing: an optional substitution of something undefined, or an error that has been reported.</summary>
    public static readonly Absent Undefined = new();

    /// <summary>The value cannot be worked out without itself.</summary>
    public static readonly Absent Cycle = new();

    /// <summary>A path that leads through a value which is not an object; hides whatever lies below.</summary>
    public static readonly Absent Hidden = new();

    private Absent()
        : base(default)
    {
    }

    public bool IsCycle => ReferenceEquals(this, Cycle);

    public override HoconKind Kind => HoconKind.Null;

    internal override bool IsResolved => true;
}
