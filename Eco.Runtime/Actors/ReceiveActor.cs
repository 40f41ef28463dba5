namespace Eco.Runtime.Actors;

/// <summary>
/// An actor whose behaviours are lists of typed handlers: the first that accepts a message handles it. Handlers are declared in the
/// constructor, or in the method given to <see cref="Become(Action)"/>.
/// </summary>
public abstract class ReceiveActor : ActorBase
{
    private readonly HandlerTable _initial = new();
    private HandlerTable? _declaring;

    /// <summary>Starts the declaration of the first behaviour.</summary>
    protected ReceiveActor() => _declaring = _initial;

    /// <inheritdoc/>
    protected internal sealed override bool Receive(object message) => _initial.Handle(message);

    /// <summary>Handles messages of a type.</summary>
    /// <param name="handler">What to do.</param>
    /// <param name="shouldHandle">Which of them; null for all.</param>
    protected void Receive<T>(Action<T> handler, Predicate<T>? shouldHandle = null) => HandlerTable.Declared(_declaring, this).Add(handler, shouldHandle);

    /// <summary>Handles messages of a type that satisfy a predicate.</summary>
    protected void Receive<T>(Predicate<T> shouldHandle, Action<T> handler) => HandlerTable.Declared(_declaring, this).Add(handler, shouldHandle);

    /// <summary>Handles messages of a type; false passes them on to the next handler.</summary>
    protected void Receive<T>(Func<T, bool> handler) => HandlerTable.Declared(_declaring, this).Add(handler);

    /// <summary>Handles whatever comes this far; later declarations would never run and are refused.</summary>
    protected void ReceiveAny(Action<object> handler) => HandlerTable.Declared(_declaring, this).Add(handler, null);

    /// <summary>
    /// Handles messages of a type with an asynchronous method that resumes on this actor. Until it ends only system messages are
    /// processed; Self and Sender stay.
    /// </summary>
    /// <remarks>In actors of the domain use ports, whose outcomes are messages; this exists for those used to Akka.NET.</remarks>
    protected void ReceiveAsync<T>(Func<T, Task> handler, Predicate<T>? shouldHandle = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ActorCell cell = Cell;
        HandlerTable.Declared(_declaring, this).Add<T>(message => cell.RunTask(() => handler(message)), shouldHandle);
    }

    /// <summary>As <see cref="ReceiveAsync{T}"/>, for whatever comes this far.</summary>
    protected void ReceiveAnyAsync(Func<object, Task> handler) => ReceiveAsync(handler);

    /// <summary>Replaces the current behaviour by the handlers that a method declares.</summary>
    protected void Become(Action configure) => Cell.Become(HandlerTable.Declare(ref _declaring, configure).Handle);

    /// <summary>Puts the handlers that a method declares on top of the current behaviour.</summary>
    protected void BecomeStacked(Action configure) => Cell.BecomeStacked(HandlerTable.Declare(ref _declaring, configure).Handle);

    internal override void AroundPreStart()
    {
        _declaring = null;
        base.AroundPreStart();
    }

    internal override void AroundPostRestart(Exception reason)
    {
        _declaring = null;
        base.AroundPostRestart(reason);
    }
}
