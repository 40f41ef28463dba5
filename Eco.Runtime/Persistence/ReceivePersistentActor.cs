using Eco.Runtime.Actors;

namespace Eco.Runtime.Persistence;

/// <summary>A persistent actor with typed handlers, declared in the constructor: the first that accepts a message handles it.</summary>
public abstract class ReceivePersistentActor : PersistentActor
{
    private readonly HandlerTable _commands = new();
    private readonly HandlerTable _recovery = new();
    private HandlerTable? _declaringCommands;
    private HandlerTable? _declaringRecovery;

    /// <summary>Starts the declaration of the handlers.</summary>
    protected ReceivePersistentActor()
    {
        _declaringCommands = _commands;
        _declaringRecovery = _recovery;
    }

    /// <inheritdoc/>
    protected sealed override bool ReceiveRecover(object message) => _recovery.Handle(message);

    /// <inheritdoc/>
    protected sealed override bool ReceiveCommand(object message) => _commands.Handle(message);

    /// <summary>Applies recovered events of a type; also <see cref="SnapshotOffer"/> and <see cref="RecoveryCompleted"/>.</summary>
    protected void Recover<T>(Action<T> handler, Predicate<T>? shouldHandle = null) => HandlerTable.Declared(_declaringRecovery, this).Add(handler, shouldHandle);

    /// <summary>Applies recovered events of a type; false passes them on to the next handler.</summary>
    protected void Recover<T>(Func<T, bool> handler) => HandlerTable.Declared(_declaringRecovery, this).Add(handler);

    /// <summary>Applies whatever comes this far.</summary>
    protected void RecoverAny(Action<object> handler) => HandlerTable.Declared(_declaringRecovery, this).Add(handler, null);

    /// <summary>Handles commands of a type.</summary>
    protected void Command<T>(Action<T> handler, Predicate<T>? shouldHandle = null) => HandlerTable.Declared(_declaringCommands, this).Add(handler, shouldHandle);

    /// <summary>Handles commands of a type that satisfy a predicate.</summary>
    protected void Command<T>(Predicate<T> shouldHandle, Action<T> handler) => HandlerTable.Declared(_declaringCommands, this).Add(handler, shouldHandle);

    /// <summary>Handles commands of a type; false passes them on to the next handler.</summary>
    protected void Command<T>(Func<T, bool> handler) => HandlerTable.Declared(_declaringCommands, this).Add(handler);

    /// <summary>Handles whatever comes this far.</summary>
    protected void CommandAny(Action<object> handler) => HandlerTable.Declared(_declaringCommands, this).Add(handler, null);

    /// <summary>Replaces the current behaviour for commands by the handlers that a method declares.</summary>
    protected void Become(Action configure) => Become(HandlerTable.Declare(ref _declaringCommands, configure).Handle);

    /// <summary>Puts the handlers that a method declares on top of the current behaviour for commands.</summary>
    protected void BecomeStacked(Action configure) => BecomeStacked(HandlerTable.Declare(ref _declaringCommands, configure).Handle);

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
        _declaringCommands = null;
        _declaringRecovery = null;
    }
}
