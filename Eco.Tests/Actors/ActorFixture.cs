using Eco.Runtime.Actors;
using Eco.Runtime.Dispatch;
using NUnit.Framework;

namespace Eco.Tests.Actors;

/// <summary>A system on one thread with a clock that the test moves.</summary>
internal abstract class ActorFixture
{
    protected QueueDispatcher Dispatcher { get; private set; } = null!;

    protected ManualClock Clock { get; private set; } = null!;

    protected ActorSystem System { get; private set; } = null!;

    /// <summary>Everything that the system published, in order.</summary>
    protected List<object> Published { get; private set; } = null!;

    [SetUp]
    public void StartSystem()
    {
        Dispatcher = new QueueDispatcher();
        Clock = new ManualClock();
        System = ActorSystem.Create("test", Configure(new ActorSystemSettings
        {
            Dispatcher = Dispatcher,
            TimeProvider = Clock,
            Random = new SeededRandomSource(42),
        }));
        Published = [];
        IActorRef collector = System.SystemActorOf(Script(message => Published.Add(message)).Props, "collector");
        System.EventStream.Subscribe(collector, typeof(object));
        Run();
    }

    [TearDown]
    public void EndSystem()
    {
        System.Abort();
        Run();
    }

    protected virtual ActorSystemSettings Configure(ActorSystemSettings settings) => settings;

    protected void Run() => Dispatcher.RunAll();

    protected void Advance(TimeSpan time)
    {
        Run();
        Clock.Advance(time, Run);
    }

    protected void AdvanceSeconds(double seconds) => Advance(TimeSpan.FromSeconds(seconds));

    protected static Probe.Script Script(Action<object> onReceive) => new()
    {
        OnReceive = (_, message) =>
        {
            onReceive(message);
            return true;
        },
    };

    /// <summary>An actor that keeps what it gets.</summary>
    protected (IActorRef Ref, List<object> Log) Recorder(string? name = null)
    {
        var script = new Probe.Script();
        return (System.ActorOf(script.Props, name), script.Log);
    }

    /// <summary>Makes the child of a probe from outside.</summary>
    protected IActorRef Spawn(Probe.Script script, string? name = null) => System.ActorOf(script.Props, name);

    protected IEnumerable<T> PublishedOf<T>() => Published.OfType<T>();
}
