using Eco.Runtime.Actors;

namespace Eco.Tests.Actors;

/// <summary>An actor made of functions, and a log that the test reads.</summary>
internal sealed class Probe : ActorBase, IWithStash, IWithTimers
{
    private readonly Script _script;

    public Probe(Script script)
    {
        _script = script;
        script.Instances++;
        script.OnConstruct?.Invoke(this);
    }

    public IStash Stash { get; set; } = null!;

    public ITimerScheduler Timers { get; set; } = null!;

    public new IActorContext Context => base.Context;

    public new IActorRef Sender => base.Sender;

    public new IActorRef Self => base.Self;

    protected internal override bool Receive(object message)
    {
        if (_script.OnReceive is null)
        {
            _script.Log.Add(message);
            return true;
        }

        return _script.OnReceive(this, message);
    }

    protected override void PreStart() => _script.OnPreStart?.Invoke(this);

    protected override void PostStop() => _script.OnPostStop?.Invoke(this);

    protected override void PreRestart(Exception reason, object? message)
    {
        _script.OnPreRestart?.Invoke(this, reason, message);
        if (!_script.KeepChildren)
        {
            base.PreRestart(reason, message);
        }
    }

    protected override void PostRestart(Exception reason)
    {
        _script.OnPostRestart?.Invoke(this, reason);
        base.PostRestart(reason);
    }

    protected override SupervisorStrategy SupervisorStrategy() => _script.Strategy ?? base.SupervisorStrategy();

    /// <summary>What the probe does; shared by all its instances.</summary>
    internal sealed class Script
    {
        public List<object> Log { get; init; } = [];

        public int Instances { get; set; }

        public bool KeepChildren { get; init; }

        public Action<Probe>? OnConstruct { get; init; }

        public Func<Probe, object, bool>? OnReceive { get; init; }

        public Action<Probe>? OnPreStart { get; init; }

        public Action<Probe>? OnPostStop { get; init; }

        public Action<Probe, Exception, object?>? OnPreRestart { get; init; }

        public Action<Probe, Exception>? OnPostRestart { get; init; }

        public SupervisorStrategy? Strategy { get; init; }

        public Props Props => Props.Create(() => new Probe(this));
    }
}
