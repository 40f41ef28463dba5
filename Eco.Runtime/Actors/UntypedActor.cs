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

    /// <summary>The class's own behaviour handles everything: nothing is passed on, and nothing lies between the mailbox and the handler.</summary>
    internal override void AroundReceive(Receive? receive, object message)
    {
        if (receive is null)
        {
            OnReceive(message);
        }
        else
        {
            base.AroundReceive(receive, message);
        }
    }

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
