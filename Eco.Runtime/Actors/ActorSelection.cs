using System.IO.Enumeration;

namespace Eco.Runtime.Actors;

/// <summary>
/// The actors at a path when a message is sent: absolute (<c>/user/a</c>), relative (<c>../b</c>), or with the wildcards <c>*</c> and <c>?</c>. A
/// reference is cheaper and means one actor only; a selection finds whoever holds the place.
/// </summary>
public sealed class ActorSelection
{
    private readonly ActorSystem _system;

    /// <summary>Null for the root.</summary>
    private readonly ActorCell? _anchor;
    private readonly string[] _elements;

    internal ActorSelection(ActorSystem system, ActorCell? anchor, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _system = system;
        PathString = path;
        string prefix = $"eco://{system.Name}/";
        bool isAddress = path.StartsWith(prefix, StringComparison.Ordinal);
        _anchor = isAddress || path[0] == '/' ? null : anchor;
        _elements = (isAddress ? path[prefix.Length..] : path).Split('/', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>The path as it was given.</summary>
    public string PathString { get; }

    /// <summary>Sends to all that are at the path now; a message that finds nobody is a dead letter.</summary>
    public void Tell(object message, IActorRef? sender)
    {
        List<ActorCell> found = Find();
        if (found.Count == 0)
        {
            _system.DeadLetters.Tell(message, sender);
        }

        foreach (ActorCell actor in found)
        {
            actor.Tell(message, sender);
        }
    }

    /// <summary>As <see cref="Tell(object, IActorRef?)"/>, with the actor that is running on this thread, if any, as the sender.</summary>
    public void Tell(object message) => Tell(message, ActorCell.Current);

    /// <summary>The actor that is at the path now; of several the first one made.</summary>
    /// <exception cref="ActorNotFoundException">There is none.</exception>
    public IActorRef ResolveOne() => Find() is [var first, ..] ? first : throw new ActorNotFoundException($"there is no actor at '{PathString}'");

    /// <inheritdoc/>
    public override string ToString() => PathString;

    private List<ActorCell> Find()
    {
        List<ActorCell?> here = [_anchor];
        foreach (string element in _elements)
        {
            here = element == ".."
                ? [.. here.Select(node => node?.Parent as ActorCell).Distinct()]
                : [.. here.SelectMany(node => Below(node, element))];
        }

        return [.. here.OfType<ActorCell>()];
    }

    private IEnumerable<ActorCell> Below(ActorCell? node, string element)
    {
        if (node is not null && element.AsSpan().IndexOfAny('*', '?') < 0)
        {
            return node.Child(element) is ActorCell child ? [child] : [];
        }

        IEnumerable<ActorCell> children = node is null ? _system.Guardians : node.ChildCells().OrderBy(child => child.Path.Uid);
        return children.Where(child => FileSystemName.MatchesSimpleExpression(element, child.Path.Name, ignoreCase: false));
    }
}
