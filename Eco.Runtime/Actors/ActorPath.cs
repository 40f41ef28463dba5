namespace Eco.Runtime.Actors;

/// <summary>
/// The place of an actor: <c>akka</c>-style <c>eco://system/user/parent/child</c>, and a number that tells two incarnations of the same place apart.
/// </summary>
/// <remarks>An actor's path keeps its parent and its name; the text is made when somebody asks for it, because few of a million are ever printed.</remarks>
public sealed class ActorPath : IEquatable<ActorPath>
{
    private readonly ActorPath? _parent;
    private readonly string _text;

    /// <summary>A path from its text.</summary>
    /// <param name="address">The path as text, without the incarnation.</param>
    /// <param name="uid">Differs between actors that held the same place one after the other; 0 for the guardians.</param>
    public ActorPath(string address, long uid)
    {
        ArgumentNullException.ThrowIfNull(address);
        _text = address;
        Uid = uid;
    }

    internal ActorPath(ActorPath parent, string name, long uid)
    {
        _parent = parent;
        _text = name;
        Uid = uid;
    }

    /// <summary>Differs between actors that held the same place one after the other; 0 for the guardians.</summary>
    public long Uid { get; }

    /// <summary>The path as text, without the incarnation.</summary>
    public string Address => _parent is null ? _text : $"{_parent.Address}/{_text}";

    /// <summary>The last element of the path.</summary>
    public string Name => _parent is null ? _text[(_text.LastIndexOf('/') + 1)..] : _text;

    /// <inheritdoc/>
    public bool Equals(ActorPath? other) =>
        ReferenceEquals(this, other) || (other is not null && Uid == other.Uid && Address == other.Address);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ActorPath);

    /// <inheritdoc/>
    public override int GetHashCode() => Uid.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => Address;
}
