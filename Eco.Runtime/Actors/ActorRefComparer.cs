namespace Eco.Runtime.Actors;

/// <summary>The order of references: path as ordinal text, then incarnation.</summary>
internal static class ActorRefComparer
{
    public static int Compare(IActorRef left, IActorRef? right)
    {
        if (right is null)
        {
            return 1;
        }

        int byAddress = string.CompareOrdinal(left.Path.Address, right.Path.Address);
        return byAddress != 0 ? byAddress : left.Path.Uid.CompareTo(right.Path.Uid);
    }
}
