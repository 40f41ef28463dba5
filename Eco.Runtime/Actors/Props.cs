using System.Reflection;
using Eco.Runtime.Actors.Routing;

namespace Eco.Runtime.Actors;

/// <summary>How to make an actor, and again after a failure. Immutable; may be used for many actors.</summary>
public sealed record Props
{
    private readonly Func<ActorBase> _factory;

    private Props(Func<ActorBase> factory, Type? type)
    {
        _factory = factory;
        Type = type;
    }

    /// <summary>For routers whose routees live elsewhere: <c>Props.Empty.WithRouter(new RoundRobinGroup(...))</c>.</summary>
    public static Props Empty { get; } = new(static () => throw new ActorInitializationException(null, "Props.Empty makes no actor; it is for WithRouter with a group"), null);

    /// <summary>The actor's class, where it is known before the first instance.</summary>
    public Type? Type { get; }

    /// <summary>Takes the place of the strategy that the actor's class chooses for its children.</summary>
    public SupervisorStrategy? SupervisorStrategy { get; private init; }

    /// <summary>How many messages the actor may stash; null for the system's setting.</summary>
    public int? StashCapacity { get; private init; }

    /// <summary>What makes the actor a router; null for a plain one.</summary>
    public RouterConfig? RouterConfig { get; private init; }

    /// <summary>Makes actors with a factory, which must give a new instance each time.</summary>
    public static Props Create(Func<ActorBase> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return new Props(factory, null);
    }

    /// <summary>Makes actors with the constructor that takes these arguments.</summary>
    public static Props Create<TActor>(params object?[] args)
        where TActor : ActorBase
    {
        ArgumentNullException.ThrowIfNull(args);
        return new Props(() => Construct(typeof(TActor), args), typeof(TActor));
    }

    /// <summary>With a strategy for the actor's children.</summary>
    public Props WithSupervisorStrategy(SupervisorStrategy strategy) => this with { SupervisorStrategy = strategy };

    /// <summary>With a limit for the actor's stash.</summary>
    public Props WithStashCapacity(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        return this with { StashCapacity = capacity };
    }

    /// <summary>As a router: these props are then those of a pool's routees.</summary>
    public Props WithRouter(RouterConfig routerConfig)
    {
        ArgumentNullException.ThrowIfNull(routerConfig);
        return this with { RouterConfig = routerConfig };
    }

    /// <summary>The props of the actor that is to be made: the router's own, where there is one.</summary>
    internal Props ForCell() => RouterConfig?.RouterProps(this with { RouterConfig = null }) ?? this;

    internal ActorBase NewActor() =>
        _factory() ?? throw new ActorInitializationException(null, "the factory of the Props returned null instead of a new actor");

    private static ActorBase Construct(Type type, object?[] args) =>
        (ActorBase)Activator.CreateInstance(
            type,
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DoNotWrapExceptions,
            binder: null,
            args,
            culture: null)!;
}
