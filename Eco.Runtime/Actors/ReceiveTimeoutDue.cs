namespace Eco.Runtime.Actors;

/// <summary>The clock's side of a receive time-out. Delivered as <see cref="ReceiveTimeout"/>, unless a message was handled in the meantime.</summary>
internal sealed record ReceiveTimeoutDue(ReceiveTimeoutMonitor Monitor) : AutoReceivedMessage;
