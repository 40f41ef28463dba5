namespace Eco.Runtime.Actors;

/// <summary>The base of what the actor runtime throws.</summary>
public abstract class ActorException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>An actor could not be created: its constructor, factory or PreStart failed. By default it is stopped.</summary>
public class ActorInitializationException(IActorRef? actor, string message, Exception? cause = null) : ActorException(message, cause)
{
    /// <summary>The actor, where there is one.</summary>
    public IActorRef? Actor => actor;
}

/// <summary>PreRestart failed; the restart went on.</summary>
public sealed class PreRestartException(IActorRef actor, Exception cause, Exception restartCause, object? lastMessage)
    : ActorInitializationException(actor, $"{actor.Path}: PreRestart failed during a restart because of '{restartCause.Message}'", cause)
{
    /// <summary>Why the actor was being restarted.</summary>
    public Exception RestartCause => restartCause;

    /// <summary>The message that was being handled at the first failure, if any.</summary>
    public object? LastMessage => lastMessage;
}

/// <summary>The new instance or its PostRestart failed during a restart.</summary>
public sealed class PostRestartException(IActorRef actor, Exception cause, Exception restartCause)
    : ActorInitializationException(actor, $"{actor.Path}: the new instance failed during a restart because of '{restartCause.Message}'", cause)
{
    /// <summary>Why the actor was being restarted.</summary>
    public Exception RestartCause => restartCause;
}

/// <summary>The actor got <see cref="Kill"/>.</summary>
public sealed class ActorKilledException(string message) : ActorException(message);

/// <summary>The actor did not handle the <see cref="Terminated"/> of an actor that it watches.</summary>
public sealed class DeathPactException(IActorRef deadActor)
    : ActorException($"{deadActor.Path} stopped, and its watcher does not handle Terminated")
{
    /// <summary>The actor that stopped.</summary>
    public IActorRef DeadActor => deadActor;
}

/// <summary>A name is not allowed or is taken.</summary>
public sealed class InvalidActorNameException(string message) : ActorException(message);

/// <summary>Nobody is where an actor was looked for.</summary>
public sealed class ActorNotFoundException(string message) : ActorException(message);

/// <summary>A message cannot be sent: it is null.</summary>
public sealed class InvalidMessageException(string message) : ActorException(message);

/// <summary>The runtime was used in a way or at a time that it does not allow.</summary>
public sealed class IllegalActorStateException(string message) : ActorException(message);

/// <summary>A stash is full.</summary>
public sealed class StashOverflowException(string message) : ActorException(message);

/// <summary>An Ask was not answered in time.</summary>
public sealed class AskTimeoutException(string message) : ActorException(message);

/// <summary>An Ask could not be delivered because the receiver's lane was full.</summary>
public sealed class MailboxFullException(string message) : ActorException(message);
