namespace Eco.Runtime.Actors;

/// <summary>Messages that an actor has put aside, in order. Limited; emptied into the mailbox at a restart.</summary>
public interface IStash
{
    /// <summary>How many messages are put aside.</summary>
    int Count { get; }

    /// <summary>How many there may be.</summary>
    int Capacity { get; }

    /// <summary>Puts the message that is being handled aside.</summary>
    /// <exception cref="StashOverflowException">The stash is full.</exception>
    /// <exception cref="IllegalActorStateException">It has been put aside already.</exception>
    void Stash();

    /// <summary>Puts the oldest message back at the front of the mailbox.</summary>
    void Unstash();

    /// <summary>Puts all back at the front of the mailbox, in their order.</summary>
    void UnstashAll();

    /// <summary>Puts those that satisfy a predicate back at the front of the mailbox; the others are dropped, as in Akka.NET.</summary>
    void UnstashAll(Func<object, bool> predicate);

    /// <summary>Drops what is put aside.</summary>
    void ClearStash();
}
