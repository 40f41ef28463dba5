namespace Eco.Runtime.Actors;

/// <summary>What becomes of an actor that failed.</summary>
public enum Directive
{
    /// <summary>It goes on with its state; the message is lost.</summary>
    Resume,

    /// <summary>A new instance takes its place; the mailbox stays, the message is lost.</summary>
    Restart,

    /// <summary>It stops.</summary>
    Stop,

    /// <summary>Its supervisor fails with the same cause.</summary>
    Escalate,
}
