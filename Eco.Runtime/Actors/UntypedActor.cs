namespace Eco.Runtime.Actors;

/// <summary>An actor that gets every message in one method; what it does not handle it passes to <see cref="ActorBase.Unhandled"/>.</summary>
public abstract class UntypedActor : ActorBase
{
    /// <inheritdoc/>
    protected internal sealed override bool Receive(object message)
    {
        OnReceive(message);
        return true;
    }

    /// <summary>Handles a message.</summary>
    protected abstract void OnReceive(object message);

    /// <summary>Replaces the current behaviour.</summary>
    protected void Become(Action<object> receive) => Become(Wrap(receive));

    /// <summary>Puts a behaviour on top of the current one.</summary>
    protected void BecomeStacked(Action<object> receive) => BecomeStacked(Wrap(receive));

    private static Receive Wrap(Action<object> receive)
    {
        ArgumentNullException.ThrowIfNull(receive);
        return message =>
        {
            receive(message);
            return true;
        };
    }
}
