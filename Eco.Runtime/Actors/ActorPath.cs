namespace Eco.Runtime.Actors;

/// <summary>
/// The place of an actor: <c>akka</c>-style <c>eco://system/user/parent/child</c>, and a number that tells two incarnations of the same place apart.
/// </summary>
/// <param name="Address">The path as text, without the incarnation.</param>
/// <param name="Uid">Differs between actors that held the same place one after the other; 0 for the guardians.</param>
public sealed record ActorPath(string Address, long Uid)
{
    /// <summary>The last element of the path.</summary>
    public string Name => Address[(Address.LastIndexOf('/') + 1)..];

    /// <inheritdoc/>
    public override string ToString() => Address;
}
