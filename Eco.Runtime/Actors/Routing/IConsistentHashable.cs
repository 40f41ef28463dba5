namespace Eco.Runtime.Actors.Routing;

/// <summary>A message that knows its own hash key.</summary>
public interface IConsistentHashable
{
    /// <summary>Messages with the same key go to the same routee. Text, bytes, a number, a <see cref="Guid"/> or an enumeration's value.</summary>
    object ConsistentHashKey { get; }
}
