namespace Eco.Runtime.Actors;

/// <summary>A behaviour: handles a message or returns false, which makes it unhandled.</summary>
public delegate bool Receive(object message);
