namespace Eco.Runtime.Actors;

/// <summary>What a system has counted since its start.</summary>
/// <param name="MessagesProcessed">User messages that were taken from mailboxes.</param>
/// <param name="DeadLetters">Messages to stopped actors.</param>
/// <param name="MailboxFull">Messages refused by a full lane.</param>
/// <param name="Unhandled">Messages that no behaviour handled.</param>
/// <param name="Failures">Exceptions of actors.</param>
/// <param name="Restarts">Actors that got a new instance.</param>
/// <param name="Escalations">Failures handed to the next supervisor up.</param>
/// <param name="RunnerFailures">Loops, timers and continuations that failed.</param>
/// <param name="Actors">Actors that there are now, guardians included.</param>
public sealed record ActorSystemMetrics(
    long MessagesProcessed,
    long DeadLetters,
    long MailboxFull,
    long Unhandled,
    long Failures,
    long Restarts,
    long Escalations,
    long RunnerFailures,
    int Actors);
