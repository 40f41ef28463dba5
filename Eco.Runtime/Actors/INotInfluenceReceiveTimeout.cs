namespace Eco.Runtime.Actors;

/// <summary>Marks a message that does not count as one for <see cref="ReceiveTimeout"/>: who gets nothing else is idle.</summary>
public interface INotInfluenceReceiveTimeout;
