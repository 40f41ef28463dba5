namespace Eco.Runtime.Actors;

/// <content>Stash and timers, made for the actors that ask for them; and answers of ports by the system lane.</content>
internal sealed partial class ActorCell
{
    private ActorStash? _stash;
    private TimerScheduler? _timers;

    /// <summary>The message in hand and its sender; set by those who take up again what an earlier message began.</summary>
    public Envelope InHand
    {
        get => new(_message!, _sender);
        set => (_message, _sender) = (value.Message, value.Sender);
    }

    private bool HasUnstashed => _stash is { HasReturned: true };

    /// <summary>A reference whose messages come to the instance of now, by the system lane, before any user message.</summary>
    public IActorRef PortReplyRef() => new PortReplyRef(this, _actor ?? throw new IllegalActorStateException($"{Path} has no instance"));

    private void Equip(ActorBase actor)
    {
        if (actor is IWithStash withStash)
        {
            _stash ??= new ActorStash(this, Props.StashCapacity ?? System.Settings.StashCapacity);
            withStash.Stash = _stash;
        }

        if (actor is IWithTimers withTimers)
        {
            _timers ??= new TimerScheduler(this);
            withTimers.Timers = _timers;
        }
    }

    private bool TakeUnstashed(out object message, out IActorRef? sender)
    {
        Envelope envelope = _stash!.TakeReturned();
        message = envelope.Message!;
        sender = envelope.Sender;
        return true;
    }
}
