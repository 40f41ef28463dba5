namespace Eco.Runtime.Hocon;

/// <summary>
/// What a later assignment does to an earlier one (specification: "Duplicate keys and object merging"). Objects merge, anything else that is
/// known hides what is below, and what is not known yet is kept as a layer on top.
/// </summary>
internal static class LayerMerging
{
    /// <summary>Puts a field into an object that nobody else holds yet.</summary>
    public static void Assign(HoconObject target, HoconEntry entry)
    {
        int at = target.IndexOf(entry.Key);
        target.Put(at, at < 0 ? entry : entry.With(Layer(target.ValueAt(at), entry.Value)));
    }

    /// <summary>Merges an object into one that nobody else holds yet.</summary>
    public static void MergeInto(HoconObject target, HoconObject upper)
    {
        foreach (ref readonly var entry in upper.Entries)
        {
            Assign(target, entry);
        }
    }

    /// <summary>The value of two assignments of which the lower one may be changed in place.</summary>
    public static HoconNode Layer(HoconNode lower, HoconNode upper)
    {
        if (upper is HoconValue or HoconArray)
        {
            return upper;
        }

        if (upper is LayerStack several)
        {
            return several.Layers.Aggregate(lower, Layer);
        }

        switch (lower)
        {
            case HoconObject below when upper is HoconObject above:
                MergeInto(below, above);
                return below;
            case HoconArray array when upper is Appending more && CanAppendInPlace(more):
                more.Items.ForEach(array.Append);
                return array;
            case HoconValue or HoconArray when upper is HoconObject:
                return upper;
            case LayerStack stack:
                Push(stack, upper);
                return stack;
            case HoconObject when upper is Substitution { IsSelfReference: true }:
            case HoconArray when upper is Substitution { IsSelfReference: true, RequiresObject: false }:
                return lower;
            default:
                var made = new LayerStack(lower.Place);
                made.Layers.Add(lower);
                Push(made, upper);
                return made;
        }
    }

    /// <summary>The merge of two objects that others hold too: neither is changed.</summary>
    public static HoconObject Merge(HoconObject lower, HoconObject upper)
    {
        var merged = new HoconObject(lower.Place);
        merged.Reserve(lower.Count + upper.Count);
        foreach (ref readonly var entry in lower.Entries)
        {
            merged.Put(entry);
        }

        foreach (ref readonly var entry in upper.Entries)
        {
            int at = merged.IndexOf(entry.Key);
            merged.Put(at, at < 0 ? entry : entry.With(MergeShared(merged.ValueAt(at), entry.Value)));
        }

        return merged;
    }

    private static HoconNode MergeShared(HoconNode lower, HoconNode upper)
    {
        if (upper is HoconValue or HoconArray || lower is Absent)
        {
            return upper;
        }

        if (upper is Absent)
        {
            return lower;
        }

        if (upper is HoconObject above)
        {
            switch (lower)
            {
                case HoconObject below:
                    return Merge(below, above);
                case HoconValue or HoconArray:
                    return upper;
            }
        }

        var stack = new LayerStack(lower.Place);
        stack.Layers.AddRange(lower is LayerStack l ? l.Layers : [lower]);
        stack.Layers.AddRange(upper is LayerStack u ? u.Layers : [upper]);
        return stack;
    }

    private static void Push(LayerStack stack, HoconNode upper)
    {
        switch (upper)
        {
            case HoconObject above when stack.Top is HoconObject below:
                MergeInto(below, above);
                break;
            case Appending more when stack.Top is Appending present && CanAppendInPlace(more):
                present.Items.AddRange(more.Items);
                break;
            case Substitution { IsSelfReference: true } when stack.Top is HoconObject:
                break;
            default:
                stack.Layers.Add(upper);
                break;
        }
    }

    // An item with a substitution may refer to the array itself, and then only to what it was before this item.
    private static bool CanAppendInPlace(Appending more) => more.Items.TrueForAll(i => i.IsResolved);
}
