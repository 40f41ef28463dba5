namespace Eco.Runtime.Actors;

/// <summary>Where the handlers of an actor's class may be declared: in the constructor for the first behaviour, in a method for later ones.</summary>
internal sealed class HandlerDeclaration(Type actor)
{
    private HandlerTable? _declaring;
    private bool _isClosed;

    /// <summary>The first behaviour.</summary>
    public HandlerTable Initial { get; } = new();

    /// <summary>The behaviour that is being declared now.</summary>
    public HandlerTable Current => _declaring ?? (_isClosed
        ? throw new IllegalActorStateException($"{actor}: handlers can be declared only in the constructor or in the method given to Become")
        : Initial);

    /// <summary>The constructor has ended.</summary>
    public void Close() => _isClosed = true;

    /// <summary>Collects the handlers that a method declares.</summary>
    public HandlerTable Declare(Action configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        HandlerTable? outer = _declaring;
        var table = new HandlerTable();
        _declaring = table;
        try
        {
            configure();
        }
        finally
        {
            _declaring = outer;
        }

        return table;
    }
}
