namespace Eco.Runtime.Hocon;

/// <content>Following paths, and fields that are assigned more than once.</content>
internal sealed partial class HoconResolver
{
    private const int PassingCost = 15;

    /// <summary>Follows a path from an object, which need not be resolved. Null when nothing is there.</summary>
    private HoconNode? LookUpIn(HoconObject value, string[] path, int from) =>
        value.TryGetValue(path[from], out var found) ? LookUpFrom(found, path, from + 1) : null;

    private HoconNode? LookUpFrom(HoconNode node, string[] path, int from)
    {
        bool arrived = from == path.Length;
        switch (node)
        {
            case Absent:
                return null;
            case HoconObject o:
                return arrived ? Resolve(o) : LookUpIn(o, path, from);
            case HoconValue or HoconArray:
                return arrived ? Resolve(node) : Absent.Hidden;
            case LayerStack stack:
                return LookUpLayers(stack, stack.Layers.Count - 1, path, from);
            case UnresolvedNode { Result: { } known }:
                return LookUpFrom(known, path, from);
            case Substitution substitution when !arrived:
                return LookUpThrough(substitution, path, from);
            case UnresolvedNode { InProgress: true }:
                // The field means what it was before this very value, and there is nothing below.
                _metItself = true;
                return null;
            default:
                var resolved = Resolve(node);
                return resolved == Absent.Cycle ? resolved : LookUpFrom(resolved, path, from);
        }
    }

    /// <summary>Follows a path through a substitution as if the rest of the path were written behind it.</summary>
    private HoconNode? LookUpThrough(Substitution substitution, string[] path, int from)
    {
        if (substitution.InPassing || session.Stopped || !Enter(substitution))
        {
            return null;
        }

        // Dearer than other steps: no outcome is kept, so the next path through here takes it again.
        Charge(PassingCost, substitution.Place);
        substitution.InPassing = true;
        string[] further = [.. substitution.Path, .. path.AsSpan(from)];
        var found = further.Length > session.Limits.MaxDepth * 2 ? null : LookUpIn(root, further, 0);
        if (found is null && substitution.PrefixLength > 0)
        {
            found = LookUpIn(root, further[substitution.PrefixLength..], 0);
        }

        substitution.InPassing = false;
        _depth--;
        return found;
    }

    private HoconNode? LookUpLayers(LayerStack stack, int top, string[] path, int from)
    {
        if (stack.Result is { } known)
        {
            return LookUpFrom(known, path, from);
        }

        // A layer that is being resolved looks back: it sees what lies below it, and nothing of what overrides it.
        int inProgress = stack.Layers.FindIndex(l => l is UnresolvedNode { InProgress: true });
        if (inProgress >= 0)
        {
            top = Math.Min(top, inProgress - 1);
            _metItself = true;
        }

        if (from == path.Length)
        {
            return top < 0 ? null : Fold(stack, top);
        }

        if (stack.Merged is { } merged && inProgress < 0)
        {
            return LookUpIn(merged, path, from);
        }

        List<HoconNode>? found = null;
        for (int i = top; i >= 0; i--)
        {
            var value = LookUpFrom(stack.Layers[i], path, from);
            if (value is null)
            {
                continue;
            }

            if (value == Absent.Cycle)
            {
                return value;
            }

            if (value is not HoconObject)
            {
                return found is null ? value : MergeDown(found);
            }

            (found ??= []).Add(value);
        }

        return found is null ? null : MergeDown(found);
    }

    /// <summary>The value that the layers from the bottom up to this one give.</summary>
    private HoconNode Fold(LayerStack stack, int top)
    {
        if (top < 0)
        {
            return Absent.Undefined;
        }

        if (stack.FoldUpTo(top) is { } known)
        {
            return known;
        }

        // From below, as far as each layer builds on the one under it: a thousand += must not be a thousand calls deep.
        int first = top;
        while (first > 0 && BuildsOnLower(stack.Layers[first]) && stack.FoldUpTo(first - 1) is null)
        {
            first--;
        }

        HoconNode result = Absent.Undefined;
        for (int i = first; i <= top; i++)
        {
            result = FoldLayer(stack, i);
            if (result == Absent.Cycle)
            {
                return result;
            }

            stack.KeepFold(i, result);
        }

        return result;
    }

    private static bool BuildsOnLower(HoconNode layer) => layer switch
    {
        Appending => true,
        Substitution s => s.IsSelfReference,
        Concatenation c => Array.Exists(c.Pieces, p => p.Value is Substitution { IsSelfReference: true }),
        _ => false,
    };

    private HoconNode FoldLayer(LayerStack stack, int top)
    {
        List<HoconNode>? objects = null;
        for (int i = top; i >= 0; i--)
        {
            var layer = stack.Layers[i];
            var value = layer switch
            {
                HoconObject => layer,
                Appending appending => Append(stack, i, appending),
                _ => Resolve(layer),
            };
            if (value == Absent.Cycle)
            {
                return value;
            }

            if (value is Absent)
            {
                continue;
            }

            if (value is HoconObject)
            {
                (objects ??= []).Add(value);
                continue;
            }

            if (layer is Substitution { RequiresObject: true } substitution)
            {
                value = ConcatenateWithObject(substitution, value, objects);
                objects = null;
            }

            if (objects is null)
            {
                return value;
            }

            break;
        }

        if (objects is null)
        {
            return Absent.Undefined;
        }

        var merged = MergeDown(objects);
        if (top == stack.Layers.Count - 1)
        {
            stack.Merged = merged;
        }

        return Resolve(merged);
    }

    private HoconNode ConcatenateWithObject(Substitution substitution, HoconNode value, List<HoconNode>? objects)
    {
        if (value is HoconArray array && objects is [HoconObject only] && only.ToNumberedArray() is { } numbered)
        {
            return HoconArray.Extend(substitution.Place, array, numbered, out _);
        }

        session.Report(substitution.Place, $"'{substitution.Written}' is {value.KindName} and cannot be concatenated with an object", "objects merge with objects only");
        return Absent.Undefined;
    }

    private HoconNode Append(LayerStack? stack, int layer, Appending appending)
    {
        if (appending.InProgress)
        {
            return Absent.Cycle;
        }

        if (appending.Result is { } known)
        {
            return known;
        }

        appending.InProgress = true;
        var below = stack is null ? Absent.Undefined : Fold(stack, layer - 1);
        if (below is Absent && below != Absent.Cycle && appending.Fallback is { } path)
        {
            below = LookUpIn(root, path, 0) is { } found and (not Absent or Absent { IsCycle: true }) ? found : LookUpText(path, appending.Place) ?? below;
        }

        var added = below == Absent.Cycle ? below : Resolve(new HoconArray(appending.Place, [.. appending.Items]));
        appending.InProgress = false;
        if (added == Absent.Cycle)
        {
            return added;
        }

        if (below is Absent && !appending.NeedsBelow)
        {
            return appending.Result = added;
        }

        var lower = below as HoconArray ?? (below as HoconObject)?.ToNumberedArray();
        if (lower is null || added is not HoconArray more)
        {
            session.Report(
                appending.Place,
                below is Absent ? "there is nothing before this line to append to" : $"cannot append to {below.KindName} (from {below.Place})",
                below is Absent ? "write += or ${?...}" : "only arrays can be appended to");
            return appending.Result = Absent.Undefined;
        }

        appending.Result = HoconArray.Extend(appending.Place, lower, more, out int copied);
        Charge(copied, appending.Place);
        return appending.Result;
    }

    /// <summary>Merges objects of which the first overrides the others.</summary>
    private HoconObject MergeDown(List<HoconNode> objects)
    {
        var merged = (HoconObject)objects[^1];
        for (int i = objects.Count - 2; i >= 0; i--)
        {
            var upper = (HoconObject)objects[i];
            Charge(merged.Count + upper.Count, upper.Place);
            merged = LayerMerging.Merge(merged, upper);
        }

        return merged;
    }
}
