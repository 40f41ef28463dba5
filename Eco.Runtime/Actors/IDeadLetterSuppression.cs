namespace Eco.Runtime.Actors;

/// <summary>Marks a message whose loss means nothing: as a dead letter it is published as <see cref="SuppressedDeadLetter"/> and not logged.</summary>
public interface IDeadLetterSuppression;
