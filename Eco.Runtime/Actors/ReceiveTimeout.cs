namespace Eco.Runtime.Actors;

/// <summary>
/// No message has come for as long as <see cref="IActorContext.SetReceiveTimeout"/> says. Comes again after each further such time, until the
/// time-out is taken back.
/// </summary>
public sealed record ReceiveTimeout
{
    private ReceiveTimeout()
    {
    }

    /// <summary>The only instance.</summary>
    public static ReceiveTimeout Instance { get; } = new();
}
