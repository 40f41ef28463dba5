namespace Eco.Runtime.Actors;

/// <summary>A message that the runtime handles itself when its turn in the mailbox comes.</summary>
public abstract record AutoReceivedMessage
{
    private protected AutoReceivedMessage()
    {
    }
}

/// <summary>Stops its receiver when its turn in the mailbox comes, after all that was sent before it on the control lane.</summary>
public sealed record PoisonPill : AutoReceivedMessage
{
    private PoisonPill()
    {
    }

    /// <summary>The only instance.</summary>
    public static PoisonPill Instance { get; } = new();
}

/// <summary>Makes its receiver fail with <see cref="ActorKilledException"/>, which by default stops it.</summary>
public sealed record Kill : AutoReceivedMessage
{
    private Kill()
    {
    }

    /// <summary>The only instance.</summary>
    public static Kill Instance { get; } = new();
}

/// <summary>A watched actor has stopped. Who does not handle it fails with <see cref="DeathPactException"/>.</summary>
/// <param name="ActorRef">The stopped actor.</param>
/// <param name="ExistenceConfirmed">False when it had already stopped before it was watched.</param>
public sealed record Terminated(IActorRef ActorRef, bool ExistenceConfirmed) : AutoReceivedMessage;

/// <summary>Asks an actor to answer <see cref="ActorIdentity"/>, which proves that it lives.</summary>
/// <param name="MessageId">Comes back with the answer.</param>
public sealed record Identify(object? MessageId) : AutoReceivedMessage, INotInfluenceReceiveTimeout;

/// <summary>The answer to <see cref="Identify"/>.</summary>
/// <param name="MessageId">The question's.</param>
/// <param name="Subject">The actor that answers; null when it has stopped.</param>
public sealed record ActorIdentity(object? MessageId, IActorRef? Subject);

/// <summary>An outcome as an answer; <see cref="Failure"/> makes an Ask throw.</summary>
public abstract record Status
{
    private Status()
    {
    }

    /// <summary>It succeeded.</summary>
    /// <param name="Value">The result, if there is one.</param>
    public sealed record Success(object? Value) : Status;

    /// <summary>It failed.</summary>
    /// <param name="Cause">Why.</param>
    /// <param name="State">What the failing side wants to add.</param>
    public sealed record Failure(Exception Cause, object? State = null) : Status;
}
