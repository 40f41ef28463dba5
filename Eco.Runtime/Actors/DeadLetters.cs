namespace Eco.Runtime.Actors;

/// <summary>A message that reached nobody, published on the event stream. Subscribe to this type for all kinds.</summary>
/// <param name="Message">The message.</param>
/// <param name="Sender">Who sent it, or null.</param>
/// <param name="Recipient">Whom it was meant for.</param>
public abstract record AllDeadLetters(object Message, IActorRef? Sender, IActorRef Recipient);

/// <summary>The recipient has stopped.</summary>
public sealed record DeadLetter(object Message, IActorRef? Sender, IActorRef Recipient) : AllDeadLetters(Message, Sender, Recipient);

/// <summary>As <see cref="DeadLetter"/>, of a message marked <see cref="IDeadLetterSuppression"/>; for those who want to see even these.</summary>
public sealed record SuppressedDeadLetter(object Message, IActorRef? Sender, IActorRef Recipient) : AllDeadLetters(Message, Sender, Recipient);

/// <summary>The recipient's lane was full. An Ask that gets this fails with <see cref="MailboxFullException"/>.</summary>
/// <param name="Message">The message.</param>
/// <param name="Sender">Who sent it, or null.</param>
/// <param name="Recipient">Whom it was meant for.</param>
/// <param name="Lane">The lane that was full.</param>
public sealed record MailboxFull(object Message, IActorRef? Sender, IActorRef Recipient, Lane Lane)
    : AllDeadLetters(Message, Sender, Recipient);

/// <summary>An actor did not handle a message; published on the event stream.</summary>
/// <param name="Message">The message.</param>
/// <param name="Sender">Who sent it, or null.</param>
/// <param name="Recipient">Who did not handle it.</param>
public sealed record UnhandledMessage(object Message, IActorRef? Sender, IActorRef Recipient);
