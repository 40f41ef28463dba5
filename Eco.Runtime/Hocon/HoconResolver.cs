using System.Runtime.CompilerServices;
using System.Text;

namespace Eco.Runtime.Hocon;

/// <summary>
/// Replaces substitutions by what they refer to (specification: "Substitutions"). Lazy: a path is followed through what is still open without
/// resolving more than it needs. A substitution that meets itself looks back to the layers below it, and is undefined where there are none.
/// Each occurrence is worked out once.
/// </summary>
internal sealed partial class HoconResolver(HoconSession session, HoconObject root)
{
    private readonly List<Substitution> _active = [];
    private readonly StringBuilder _joined = new();
    private long _expanded;
    private int _depth;
    private bool _metItself;

    /// <summary>Resolves all of a tree in place.</summary>
    public HoconNode ResolveAll(HoconNode node)
    {
        if (node.IsResolved)
        {
            return node;
        }

        var resolved = Resolve(node);
        if (!session.Stopped && resolved is not Absent)
        {
            Measure(resolved);
        }

        return resolved;
    }

    private HoconNode Resolve(HoconNode node)
    {
        if (node.IsResolved)
        {
            return node;
        }

        if (session.Stopped || !Enter(node))
        {
            return Absent.Undefined;
        }

        var result = node switch
        {
            HoconObject o => ResolveObject(o),
            HoconArray a => ResolveArray(a),
            Substitution s => ResolveSubstitution(s),
            Concatenation c => ResolveConcatenation(c),
            LayerStack l => Fold(l, l.Layers.Count - 1),
            Appending a => Append(null, 0, a),
            _ => throw new InvalidOperationException($"{node.GetType().Name} cannot be resolved."),
        };
        _depth--;
        return result;
    }

    private bool Enter(HoconNode node)
    {
        // Paths through several layers, each a substitution, could otherwise double the work at each.
        Charge(1, node.Place);

        // One budget for the containers on the way and the substitutions between them.
        if (++_depth <= session.Limits.MaxSubstitutionDepth + session.Limits.MaxDepth && RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            return true;
        }

        session.Stop(node.Place, $"substitutions refer to each other more than {session.Limits.MaxSubstitutionDepth} deep", "limit max-substitution-depth");
        _depth--;
        return false;
    }

    private HoconNode ResolveObject(HoconObject value)
    {
        // Fields of several layers first: whatever a layer refers to then sees the layers below it, wherever it stands in the document.
        bool cycle = ResolveFields(value, layered: true) || ResolveFields(value, layered: false);
        if (cycle)
        {
            return Absent.Cycle;
        }

        value.Complete();
        return value;
    }

    private bool ResolveFields(HoconObject value, bool layered)
    {
        // Fields may be filled in from within, but none is removed before all are done: the index stays true.
        for (int i = 0; i < value.Count; i++)
        {
            var field = value.ValueAt(i);
            if (field.IsResolved || (layered && field is not LayerStack))
            {
                continue;
            }

            var resolved = Resolve(field);
            if (resolved == Absent.Cycle)
            {
                return true;
            }

            value.ReplaceAt(i, resolved);
        }

        return false;
    }

    private HoconNode ResolveArray(HoconArray value)
    {
        for (int i = 0; i < value.Count; i++)
        {
            if (value[i].IsResolved)
            {
                continue;
            }

            var resolved = Resolve(value[i]);
            if (resolved == Absent.Cycle)
            {
                return resolved;
            }

            value.Replace(i, resolved);
        }

        value.Complete();
        return value;
    }

    private HoconNode ResolveSubstitution(Substitution substitution)
    {
        if (substitution.Result is { } known)
        {
            return known;
        }

        if (substitution.InProgress)
        {
            return Absent.Cycle;
        }

        substitution.InProgress = true;
        _active.Add(substitution);
        bool outerMetItself = _metItself;
        _metItself = false;
        var found = LookUp(substitution);
        if (found is null or Absent)
        {
            if (!substitution.Optional && !session.Stopped)
            {
                ReportUnresolved(substitution, found == Absent.Cycle || (_metItself && !substitution.IsSelfReference));
            }

            found = Absent.Undefined;
        }
        else
        {
            Charge(Measure(found), substitution.Place);
        }

        _metItself = outerMetItself;
        _active.RemoveAt(_active.Count - 1);
        substitution.InProgress = false;
        return substitution.Result = found;
    }

    private void ReportUnresolved(Substitution substitution, bool cycle)
    {
        if (cycle)
        {
            string chain = string.Join(" -> ", _active.Select(s => $"${{{s.Written}}}"));
            session.Report(substitution.Place, $"the substitution cannot be resolved without itself: {chain}", "break the cycle by giving one of them a value");
            return;
        }

        session.Report(
            substitution.Place,
            $"'{substitution.Written}' is not defined, neither {(substitution.IsSelfReference ? "before this line" : "in the document")} nor in the environment",
            $"define it, or write ${{?{substitution.Written}}} if it may be missing");
    }

    private HoconNode? LookUp(Substitution substitution)
    {
        var path = substitution.Path;
        var found = LookUpIn(root, path, 0);
        if (found is null or Absent && found != Absent.Cycle && substitution.PrefixLength > 0)
        {
            path = path[substitution.PrefixLength..];
            found = LookUpIn(root, path, 0);
        }

        if (found is not (null or Absent) || found == Absent.Cycle)
        {
            return found;
        }

        return session.Options.Environment.Count == 0 ? found : LookUpEnvironment(string.Join('.', path), substitution) ?? found;
    }

    private HoconValue? LookUpText(string[] path, HoconPlace at) => LookUpText(string.Join('.', path), at);

    private HoconValue? LookUpText(string name, HoconPlace at) =>
        session.Options.Environment.TryGetValue(name, out string? value) ? new HoconValue(HoconKind.String, value, at) : null;

    private HoconNode? LookUpEnvironment(string name, Substitution substitution)
    {
        if (!substitution.IsList)
        {
            return LookUpText(name, substitution.Place);
        }

        var environment = session.Options.Environment;
        var items = new List<HoconNode>();
        while (environment.TryGetValue($"{name}_{items.Count}", out string? item))
        {
            items.Add(new HoconValue(HoconKind.String, item, substitution.Place));
        }

        return items.Count > 0 ? new HoconArray(substitution.Place, [.. items]) : null;
    }

    private HoconNode ResolveConcatenation(Concatenation concatenation)
    {
        if (concatenation.Result is { } known)
        {
            return known;
        }

        if (concatenation.InProgress)
        {
            return Absent.Cycle;
        }

        concatenation.InProgress = true;
        var pieces = new Piece[concatenation.Pieces.Length];
        int count = 0;
        HoconNode? result = null;
        foreach (var piece in concatenation.Pieces)
        {
            var value = piece.Value is null ? null : Resolve(piece.Value);
            if (value == Absent.Cycle)
            {
                result = value;
                break;
            }

            if (value is not Absent)
            {
                pieces[count++] = piece with { Value = value };
            }
        }

        concatenation.InProgress = false;
        if (result is not null)
        {
            return result;
        }

        result = Join(concatenation.Place, pieces.AsSpan(0, count));
        return concatenation.Result = result;
    }

    private HoconNode Join(HoconPlace at, ReadOnlySpan<Piece> pieces)
    {
        if (pieces.Length <= 1)
        {
            return pieces.Length == 0 ? Absent.Undefined
                : pieces[0].Value ?? new HoconValue(HoconKind.String, pieces[0].Whitespace!, at);
        }

        bool arrays = false;
        bool objects = false;
        foreach (var piece in pieces)
        {
            arrays |= piece.Value is HoconArray;
            objects |= piece.Value is HoconObject;
        }

        if (arrays || objects)
        {
            var values = new List<HoconNode>(pieces.Length);
            foreach (var piece in pieces)
            {
                if (piece.Value is { } value)
                {
                    values.Add(value);
                }
            }

            return arrays ? JoinArrays(at, values) : JoinObjects(at, values);
        }

        _joined.Clear();
        foreach (var piece in pieces)
        {
            _joined.Append(piece.Value is HoconValue value ? value.Span : piece.Whitespace);
        }

        Charge(_joined.Length, at);
        return new HoconValue(HoconKind.String, _joined.ToString(), at);
    }

    /// <summary>Joins from left to right: objects side by side merge before they meet an array and become one.</summary>
    private HoconNode JoinArrays(HoconPlace at, List<HoconNode> values)
    {
        var items = new List<HoconNode>();
        HoconObject? merged = null;
        bool array = false;
        foreach (var value in values)
        {
            if (!array && value is HoconObject o)
            {
                Charge(o.Count, at);
                merged = merged is null ? o : LayerMerging.Merge(merged, o);
                continue;
            }

            if (merged is not null && merged.ToNumberedArray() is { } first)
            {
                items.AddRange(first);
                merged = null;
            }

            var more = merged is null ? value as HoconArray ?? (value as HoconObject)?.ToNumberedArray() : null;
            if (more is null)
            {
                var wrong = merged ?? value;
                session.Report(at, $"an array and {wrong.KindName} (from {wrong.Place}) cannot be concatenated", "put the value in brackets to append it");
                return Absent.Undefined;
            }

            items.AddRange(more);
            array = true;
        }

        Charge(items.Count, at);
        return new HoconArray(at, [.. items]);
    }

    private HoconNode JoinObjects(HoconPlace at, List<HoconNode> values)
    {
        var merged = (HoconObject?)null;
        foreach (var value in values)
        {
            if (value is not HoconObject o)
            {
                session.Report(at, $"an object and {value.KindName} (from {value.Place}) cannot be concatenated", "objects merge with objects only");
                return Absent.Undefined;
            }

            Charge(o.Count, at);
            merged = merged is null ? o : LayerMerging.Merge(merged, o);
        }

        return merged!;
    }

    private void Charge(long amount, HoconPlace at)
    {
        _expanded += amount;
        if (_expanded > session.ExpansionLimit)
        {
            session.Stop(at, $"substitutions expand the document by more than {session.ExpansionLimit} values and characters", "limit max-expansion");
        }
    }

    /// <summary>How many values and characters a resolved value has when it is written out in full.</summary>
    private int Measure(HoconNode value)
    {
        switch (value)
        {
            case HoconObject o:
                if (o.ExpandedSize == 0)
                {
                    var sum = default(Extent);
                    foreach (ref readonly var entry in o.Entries)
                    {
                        sum = Add(sum, entry.Value);
                    }

                    (o.ExpandedSize, o.ExpandedDepth) = Close(sum, o);
                }

                return o.ExpandedSize;
            case HoconArray a:
                if (a.ExpandedSize == 0)
                {
                    var sum = default(Extent);
                    for (int i = 0; i < a.Count; i++)
                    {
                        sum = Add(sum, a[i]);
                    }

                    (a.ExpandedSize, a.ExpandedDepth) = Close(sum, a);
                }

                return a.ExpandedSize;
            default:
                return 1 + ((value as HoconValue)?.Length ?? 0);
        }
    }

    private Extent Add(Extent sum, HoconNode value)
    {
        long size = (long)sum.Size + Measure(value);
        short depth = value switch { HoconObject o => o.ExpandedDepth, HoconArray a => a.ExpandedDepth, _ => 0 };
        return new Extent((int)Math.Min(size, int.MaxValue), Math.Max(sum.Depth, depth));
    }

    private Extent Close(Extent content, HoconNode container)
    {
        if (content.Depth + 1 > session.Limits.MaxDepth)
        {
            session.Stop(container.Place, $"substitutions nest objects and arrays more than {session.Limits.MaxDepth} deep", "limit max-depth");
        }

        return new Extent(content.Size == int.MaxValue ? int.MaxValue : content.Size + 1, (short)Math.Min(content.Depth + 1, short.MaxValue));
    }

    private readonly record struct Extent(int Size, short Depth);
}
