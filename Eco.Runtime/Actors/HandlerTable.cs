using System.Runtime.CompilerServices;

namespace Eco.Runtime.Actors;

/// <summary>An ordered list of typed handlers, with the ones that fit a message's type remembered.</summary>
internal sealed class HandlerTable
{
    /// <summary>Beyond this many message types the table stops remembering and searches.</summary>
    private const int RememberedTypes = 256;

    private Handler[] _handlers = [];
    private Type? _lastType;
    private Handler[] _lastFits = [];
    private Dictionary<Type, Handler[]>? _fits;

    public void Add<T>(Action<T> handler, Predicate<T>? shouldHandle)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Append(shouldHandle is null ? new Unconditional<T>(handler) : new Conditional<T>(handler, shouldHandle));
    }

    public void Add<T>(Func<T, bool> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Append(new Deciding<T>(handler));
    }

    public bool Handle(object message)
    {
        Type type = message.GetType();
        Handler[] fits = ReferenceEquals(type, _lastType) ? _lastFits : Find(type);
        foreach (Handler handler in fits)
        {
            if (handler.TryHandle(message))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The table that handlers go to now.</summary>
    /// <exception cref="IllegalActorStateException">It is too late for declarations.</exception>
    public static HandlerTable Declared(HandlerTable? declaring, ActorBase actor) => declaring ?? throw new IllegalActorStateException(
        $"{actor.GetType()}: handlers can be declared only in the constructor or in the method given to Become");

    /// <summary>Collects the handlers that a method declares.</summary>
    public static HandlerTable Declare(ref HandlerTable? declaring, Action configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        HandlerTable? outer = declaring;
        var table = new HandlerTable();
        declaring = table;
        try
        {
            configure();
        }
        finally
        {
            declaring = outer;
        }

        return table;
    }

    private void Append(Handler handler)
    {
        if (_handlers.Length > 0 && _handlers[^1] is Unconditional<object>)
        {
            throw new IllegalActorStateException(
                $"a handler for {handler.MessageType} was declared after ReceiveAny, which would never let it run; declare it before");
        }

        _handlers = [.. _handlers, handler];
    }

    private Handler[] Find(Type type)
    {
        if (_fits is null || !_fits.TryGetValue(type, out Handler[]? fits))
        {
            fits = Array.TrueForAll(_handlers, handler => handler.MessageType.IsAssignableFrom(type))
                ? _handlers
                : Array.FindAll(_handlers, handler => handler.MessageType.IsAssignableFrom(type));
            if (_lastType is not null && (_fits?.Count ?? 0) < RememberedTypes)
            {
                _fits ??= new Dictionary<Type, Handler[]> { [_lastType] = _lastFits };
                _fits[type] = fits;
            }
        }

        _lastType = type;
        _lastFits = fits;
        return fits;
    }

    private abstract class Handler
    {
        public abstract Type MessageType { get; }

        /// <summary>Called only with a message of <see cref="MessageType"/>.</summary>
        public abstract bool TryHandle(object message);
    }

    private abstract class Handler<T> : Handler
    {
        public override Type MessageType => typeof(T);

        /// <summary>The table has checked the type; a second check on each message would be for nothing.</summary>
        protected static T Cast(object message) => typeof(T).IsValueType ? (T)message : Unsafe.As<object, T>(ref message);
    }

    private sealed class Unconditional<T>(Action<T> handler) : Handler<T>
    {
        public override bool TryHandle(object message)
        {
            handler(Cast(message));
            return true;
        }
    }

    private sealed class Conditional<T>(Action<T> handler, Predicate<T> shouldHandle) : Handler<T>
    {
        public override bool TryHandle(object message)
        {
            T typed = Cast(message);
            if (!shouldHandle(typed))
            {
                return false;
            }

            handler(typed);
            return true;
        }
    }

    private sealed class Deciding<T>(Func<T, bool> handler) : Handler<T>
    {
        public override bool TryHandle(object message) => handler(Cast(message));
    }
}
