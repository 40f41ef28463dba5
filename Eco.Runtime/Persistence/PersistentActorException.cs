namespace Eco.Runtime.Persistence;

/// <summary>A journal could not do what a persistent actor needs.</summary>
public sealed class PersistentActorException(string message) : Exception(message);
