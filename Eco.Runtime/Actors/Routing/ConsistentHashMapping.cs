namespace Eco.Runtime.Actors.Routing;

/// <summary>Gives the hash key of a message, or null for one that it does not know, which is then asked itself (<see cref="IConsistentHashable"/>).</summary>
/// <param name="message">The message that is to be routed.</param>
public delegate object? ConsistentHashMapping(object message);
