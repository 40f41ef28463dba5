using System.Collections.Immutable;

namespace Eco.Runtime.Cluster;

/// <summary>
/// What a pure decision asks for: events to journal, durable messages to send in the same transaction, and an answer once it has
/// committed. Decisions do nothing themselves.
/// </summary>
/// <param name="Events">Facts, in order; instances of registered types.</param>
/// <param name="Sends">Durable messages, in order.</param>
/// <param name="Reply">The answer to whoever asked; null for none.</param>
public sealed record Decision(ImmutableArray<object> Events, ImmutableArray<DurableSend> Sends, object? Reply)
{
    /// <summary>The journal may forget this entity's events up to this number, as far as its snapshot contains them; 0 for none.</summary>
    public long ForgetsUpTo { get; init; }

    /// <summary>Nothing is to be done.</summary>
    public static Decision Nothing { get; } = new([], [], null);

    /// <summary>Only an answer.</summary>
    public static Decision Answer(object reply) => new([], [], reply);

    /// <summary>Facts to journal.</summary>
    public static Decision Of(params ReadOnlySpan<object> events) => new([.. events], [], null);

    /// <summary>The same, and one more fact.</summary>
    public Decision And(object @event) => this with { Events = Events.Add(@event) };

    /// <summary>The same, and one more durable message.</summary>
    public Decision Send(string receiver, object message) => this with { Sends = Sends.Add(new DurableSend(receiver, message)) };

    /// <summary>The same, with an answer.</summary>
    public Decision Replying(object? reply) => this with { Reply = reply };

    /// <summary>This one followed by another; the later answer counts.</summary>
    public Decision Then(Decision next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return new Decision(Events.AddRange(next.Events), Sends.AddRange(next.Sends), next.Reply ?? Reply) { ForgetsUpTo = Math.Max(ForgetsUpTo, next.ForgetsUpTo) };
    }
}

/// <summary>A durable message to an entity.</summary>
/// <param name="Receiver">The receiving entity's id.</param>
/// <param name="Message">An instance of a registered type.</param>
public sealed record DurableSend(string Receiver, object Message);
