using Eco.Runtime.Actors;

namespace Eco.Runtime.Persistence;

/// <summary>A persistent actor with typed handlers, declared in the constructor: the first that accepts a message handles it.</summary>
public abstract class ReceivePersistentActor : PersistentActor
{
    private readonly HandlerDeclaration _commands;
    private readonly HandlerDeclaration _recovery;

    /// <summary>Starts the declaration of the handlers.</summary>
    protected ReceivePersistentActor()
    {
        _commands = new HandlerDeclaration(GetType());
        _recovery = new HandlerDeclaration(GetType());
    }

    /// <inheritdoc/>
    protected sealed override bool ReceiveRecover(object message) => _recovery.Initial.Handle(message);

    /// <inheritdoc/>
    protected sealed override bool ReceiveCommand(object message) => _commands.Initial.Handle(message);

    /// <summary>Applies recovered events of a type; also <see cref="SnapshotOffer"/> and <see cref="RecoveryCompleted"/>.</summary>
    protected void Recover<T>(Action<T> handler, Predicate<T>? shouldHandle = null) => _recovery.Current.Add(handler, shouldHandle);

    /// <summary>Applies recovered events of a type; false passes them on to the next handler.</summary>
    protected void Recover<T>(Func<T, bool> handler) => _recovery.Current.Add(handler);

    /// <summary>Applies whatever comes this far.</summary>
    protected void RecoverAny(Action<object> handler) => _recovery.Current.Add(handler, null);

    /// <summary>Handles commands of a type.</summary>
    protected void Command<T>(Action<T> handler, Predicate<T>? shouldHandle = null) => _commands.Current.Add(handler, shouldHandle);

    /// <summary>Handles commands of a type that satisfy a predicate.</summary>
    protected void Command<T>(Predicate<T> shouldHandle, Action<T> handler) => _commands.Current.Add(handler, shouldHandle);

    /// <summary>Handles commands of a type; false passes them on to the next handler.</summary>
    protected void Command<T>(Func<T, bool> handler) => _commands.Current.Add(handler);

    /// <summary>Handles whatever comes this far.</summary>
    protected void CommandAny(Action<object> handler) => _commands.Current.Add(handler, null);

    /// <summary>Replaces the current behaviour for commands by the handlers that a method declares.</summary>
    protected void Become(Action configure) => Become(_commands.Declare(configure).Handle);

    /// <summary>Puts the handlers that a method declares on top of the current behaviour for commands.</summary>
    protected void BecomeStacked(Action configure) => BecomeStacked(_commands.Declare(configure).Handle);

    internal override void AroundPreStart()
    {
        CloseDeclarations();
        base.AroundPreStart();
    }

    internal override void AroundPostRestart(Exception reason)
    {
        CloseDeclarations();
        base.AroundPostRestart(reason);
    }

    private void CloseDeclarations()
    {
        _commands.Close();
        _recovery.Close();
    }
}
