namespace Eco.Runtime.Actors;

/// <summary>What became of a message that was put into a mailbox.</summary>
internal enum PostResult
{
    /// <summary>It waits, and the actor is scheduled or cannot run now.</summary>
    Posted,

    /// <summary>It waits, and the caller has to schedule the actor.</summary>
    Wake,

    /// <summary>The lane is full.</summary>
    Full,

    /// <summary>The lane is full, and the caller has to schedule the actor.</summary>
    FullWake,

    /// <summary>The actor has stopped.</summary>
    Closed,
}
