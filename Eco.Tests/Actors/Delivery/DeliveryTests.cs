using Eco.Runtime.Actors;
using Eco.Runtime.Actors.Delivery;
using Eco.Runtime.Simulation;
using NUnit.Framework;

namespace Eco.Tests.Actors.Delivery;

internal sealed class DeliveryTests : ActorFixture
{
    private const int Window = 8;
    private Flow _flow = null!;

    /// <summary>Far smaller than the flows, and larger than the window.</summary>
    protected override ActorSystemSettings Configure(ActorSystemSettings settings) => settings with
    {
        MailboxCapacityPerLane = Window * 2,
        GuardianStrategy = new OneForOneStrategy(SupervisorStrategy.DefaultDecider)
        {
            RestartBackoff = new ExponentialBackoff(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(10), 0),
        },
    };

    [SetUp]
    public void NewFlow() => _flow = new Flow();

    [Test]
    public void Flow_WhenItIsLargerThanAMailbox_ArrivesWholeAndInOrder()
    {
        _flow.Start(System, Window, 10_000);
        Run();

        Assert.That(_flow.Handled, Is.EqualTo(Enumerable.Range(1, 10_000).Select(i => (long)i)));
        Assert.That(System.Metrics.MailboxFull, Is.Zero);
    }

    [Test]
    public void Producer_WhenTheConsumerIsSlow_IsAskedForNoMoreThanTheWindow()
    {
        _flow.ConfirmsAfter = TimeSpan.FromSeconds(1);
        _flow.Start(System, Window, 1_000);
        Run();
        Assert.That(_flow.Produced, Is.EqualTo(Window));

        AdvanceSeconds(20);
        Assert.That(_flow.Handled, Has.Count.EqualTo(21));
        Assert.That(_flow.MostInFlight, Is.InRange(Window / 2, Window));
    }

    [Test]
    public void Producer_WhenThereIsNoConsumer_IsNotAsked()
    {
        _flow.StartProducer(System, 10);
        Run();

        Assert.That(_flow.Produced, Is.Zero);
    }

    [Test]
    public void Producer_WhenItSendsWithoutBeingAsked_IsRefused()
    {
        _flow.StartProducer(System, 10);
        Run();
        Task<object> answer = _flow.ProducerSide!.Ask<object>(99L, TimeSpan.FromSeconds(1));
        Run();

        Assert.That(answer.Exception?.InnerException, Is.TypeOf<IllegalActorStateException>().With.Message.Contains("one for each RequestNext"));
        Assert.That(PublishedOf<DeadLetter>().Single().Message, Is.EqualTo(99L));
    }

    [Test]
    public void Consumer_WhenItRestarts_GetsTheUnconfirmedDeliveryAgain()
    {
        _flow.FailsAt.Add(3);
        _flow.Start(System, Window, 6);
        AdvanceSeconds(1);

        Assert.That(_flow.Delivered, Is.EqualTo(new long[] { 1, 2, 3, 3, 4, 5, 6 }));
        Assert.That(_flow.Handled, Is.EqualTo(new long[] { 1, 2, 3, 4, 5, 6 }));
    }

    [Test]
    public void Consumer_WhenItRestartsWithADeliveryInItsMailbox_SkipsNoneByConfirmingTwice()
    {
        _flow.FailsAt.Add(2);
        _flow.Start(System, Window, 0);
        Run();
        _flow.Consumer!.Tell("fail");
        Run();
        _flow.ProducerRef!.Tell(3);
        AdvanceSeconds(1);

        Assert.That(_flow.Handled, Is.EqualTo(new long[] { 1, 1, 2, 3 }), "1 waited for the restart, and came again after it");
    }

    [Test]
    public void Consumer_WhenItStops_TheNextOneGetsAllThatIsUnconfirmed()
    {
        _flow.ConfirmsAfter = TimeSpan.FromSeconds(1);
        _flow.Start(System, Window, 100);
        AdvanceSeconds(4.5);
        System.Stop(_flow.Consumer!);
        AdvanceSeconds(1);
        Assert.That(_flow.Handled, Is.EqualTo(new long[] { 1, 2, 3, 4, 5 }));
        Assert.That(Stopped(_flow.ConsumerSide!), "the controller stops with its consumer");

        _flow.ConfirmsAfter = TimeSpan.Zero;
        _flow.StartConsumer(System, Window);
        Run();
        Assert.That(_flow.Handled.Skip(5), Is.EqualTo(Enumerable.Range(5, 96).Select(i => (long)i)), "5 was handled and not confirmed");
        Assert.That(System.Metrics.MailboxFull, Is.Zero);
    }

    [Test]
    public void Consumer_WhenTheNextOneHasASmallerWindow_GetsNoMoreThanThat()
    {
        _flow.ConfirmsAfter = TimeSpan.FromSeconds(1);
        _flow.Start(System, Window, 100);
        Run();
        System.Stop(_flow.Consumer!);
        Run();
        _flow.StartConsumer(System, 2);
        AdvanceSeconds(200);

        Assert.That(_flow.Handled.Distinct(), Is.EqualTo(Enumerable.Range(1, 100).Select(i => (long)i)));
    }

    [Test]
    public void Consumer_WhenAnotherOneTakesOver_GetsAllThatIsUnconfirmed()
    {
        _flow.ConfirmsAfter = TimeSpan.FromSeconds(1);
        _flow.Start(System, Window, 20);
        AdvanceSeconds(2.5);
        Assert.That(_flow.Handled, Is.EqualTo(new long[] { 1, 2, 3 }));

        _flow.Handled.Clear();
        _flow.ConfirmsAfter = TimeSpan.Zero;
        _flow.StartConsumer(System, Window);
        Run();

        Assert.That(_flow.Handled, Is.EqualTo(Enumerable.Range((int)_flow.Handled[0], 21 - (int)_flow.Handled[0])));
        Assert.That(_flow.Handled[0], Is.LessThanOrEqualTo(3), "3 was handled and not confirmed");
        Assert.That(_flow.Handled[^1], Is.EqualTo(20));
    }

    [Test]
    public void Producer_WhenItStops_WhatItSentIsDeliveredAndAnotherFlowFollows()
    {
        _flow.ConfirmsAfter = TimeSpan.FromSeconds(1);
        _flow.Start(System, Window, 100);
        AdvanceSeconds(2.5);
        System.Stop(_flow.ProducerRef!);
        Run();
        Assert.That(Stopped(_flow.ProducerSide!), "the controller stops with its producer");

        long sent = _flow.Produced;
        _flow.Produced = 0;
        _flow.StartProducer(System, 5);
        _flow.ConsumerSide!.Tell(new ConsumerController.RegisterToProducerController<long>(_flow.ProducerSide!));
        AdvanceSeconds(50);
        Assert.That(_flow.Handled, Is.EqualTo(Enumerable.Range(1, (int)sent).Concat(Enumerable.Range(1, 5)).Select(i => (long)i)));
        Assert.That(PublishedOf<DeadLetter>(), Is.Empty);
    }

    [Test]
    public void Producer_WhenItStopsWithoutAConsumer_WhatNobodyGetsIsADeadLetter()
    {
        _flow.ConfirmsAfter = TimeSpan.FromSeconds(1);
        _flow.Start(System, Window, 100);
        Run();
        System.Stop(_flow.Consumer!);
        Run();
        System.Stop(_flow.ProducerRef!);
        Run();

        Assert.That(PublishedOf<DeadLetter>().Select(letter => letter.Message).OfType<long>(), Is.EqualTo(Enumerable.Range(1, Window)));
    }

    [Test]
    public void ConsumerController_WhenItServesAFlow_RefusesAnother()
    {
        _flow.Start(System, Window, 5);
        Run();
        IActorRef other = System.ActorOf(ProducerController.Create<long>("other"));
        Task<object> answer = _flow.ConsumerSide!.Ask<object>(
            new ConsumerController.RegisterToProducerController<long>(other), TimeSpan.FromSeconds(1));
        Run();

        Assert.That(answer.Exception?.InnerException, Is.TypeOf<IllegalActorStateException>());
    }

    [Test]
    public void RegisterConsumer_WhenSentToTheProducersSide_TiesBoth()
    {
        _flow.StartProducer(System, 5);
        _flow.StartConsumer(System, Window, register: false);
        _flow.ProducerSide!.Tell(new ProducerController.RegisterConsumer<long>(_flow.ConsumerSide!));
        Run();

        Assert.That(_flow.Handled, Is.EqualTo(new long[] { 1, 2, 3, 4, 5 }));
    }

    [Test]
    public void Flow_InTheSimulatedWorldWithRestartsAndNewConsumers_LeavesNothingOutAndStaysInTheWindow([Range(1, 20)] int seed)
    {
        using var world = new SimulatedWorld((ulong)seed);
        SimulatedHost host = world.AddHost("host", new SimulatedHostOptions(), _ => { });
        Random chance = world.Random.Stream("flow");
        _flow.ConfirmsAfter = TimeSpan.FromMilliseconds(chance.Next(0, 3));
        int window = chance.Next(1, 40);
        for (int i = 0; i < 20; i++)
        {
            _flow.FailsAt.Add(chance.Next(1, 500));
        }

        _flow.Start(host.System, window, 500);
        for (int i = 0; i < 3; i++)
        {
            world.Schedule(TimeSpan.FromMilliseconds(chance.Next(1, 300)), "stop the consumer", () =>
            {
                host.System.Stop(_flow.Consumer!);
                _flow.StartConsumer(host.System, window);
            });
        }

        world.RunUntil(() => _flow.Handled.Contains(500), TimeSpan.FromMinutes(1));

        Assert.That(_flow.Handled.Distinct(), Is.EqualTo(Enumerable.Range(1, 500)), "each in its first appearance in order");
        Assert.That(_flow.MostInFlight, Is.LessThanOrEqualTo(window));
    }

    private bool Stopped(IActorRef actor)
    {
        bool stopped = false;
        Spawn(new Probe.Script
        {
            OnPreStart = p => p.Context.Watch(actor),
            OnReceive = (_, message) => stopped |= message is Terminated,
        });
        Run();
        return stopped;
    }

    /// <summary>A producer of 1, 2, 3, ... and a consumer, each with its controller.</summary>
    private sealed class Flow
    {
        private long _limit;
        private ProducerController.RequestNext<long>? _unanswered;
        private long _confirmed;

        public TimeSpan ConfirmsAfter { get; set; }

        /// <summary>Numbers at whose first delivery the consumer fails.</summary>
        public HashSet<long> FailsAt { get; } = [];

        public List<long> Delivered { get; } = [];

        public List<long> Handled { get; } = [];

        public long Produced { get; set; }

        public long MostInFlight { get; private set; }

        public IActorRef? ProducerRef { get; private set; }

        public IActorRef? ProducerSide { get; private set; }

        public IActorRef? Consumer { get; private set; }

        public IActorRef? ConsumerSide { get; private set; }

        public void Start(ActorSystem system, int window, long count)
        {
            StartProducer(system, count);
            StartConsumer(system, window);
        }

        public void StartProducer(ActorSystem system, long count)
        {
            _limit = count;
            _unanswered = null;
            _confirmed = 0;
            ProducerSide = system.ActorOf(ProducerController.Create<long>("flow"));
            ProducerRef = system.ActorOf(new Probe.Script
            {
                OnPreStart = p => ProducerSide.Tell(new ProducerController.Start<long>(p.Self)),
                OnReceive = (_, message) =>
                {
                    if (message is ProducerController.RequestNext<long> request)
                    {
                        Assert.That(request.CurrentSeqNr, Is.EqualTo(Produced + 1));
                        _unanswered = request;
                    }
                    else
                    {
                        _limit = (int)message;
                    }

                    Produce();
                    return true;
                },
            }.Props);
        }

        public void StartConsumer(ActorSystem system, int window, bool register = true)
        {
            IActorRef side = system.ActorOf(ConsumerController.Create<long>(window));
            ConsumerSide = side;
            if (register)
            {
                side.Tell(new ConsumerController.RegisterToProducerController<long>(ProducerSide!), ActorRefs.NoSender);
            }

            Consumer = system.ActorOf(new Probe.Script
            {
                OnPreStart = p => side.Tell(new ConsumerController.Start<long>(p.Self)),
                OnReceive = (p, message) =>
                {
                    switch (message)
                    {
                        case ConsumerController.Delivery<long> delivery:
                            OnDelivery(p, delivery);
                            break;
                        case IActorRef confirmTo:
                            confirmTo.Tell(ConsumerController.Confirmed.Instance);
                            break;
                        default:
                            throw new InvalidOperationException("asked to fail");
                    }

                    return true;
                },
            }.Props);
        }

        private void OnDelivery(Probe consumer, ConsumerController.Delivery<long> delivery)
        {
            Delivered.Add(delivery.Message);
            if (FailsAt.Remove(delivery.Message))
            {
                throw new InvalidOperationException("fails once");
            }

            Handled.Add(delivery.Message);
            if (ConfirmsAfter == TimeSpan.Zero)
            {
                _confirmed = Math.Max(_confirmed, delivery.Message);
                delivery.ConfirmTo.Tell(ConsumerController.Confirmed.Instance);
            }
            else
            {
                consumer.Timers.StartSingleTimer("confirm", delivery.ConfirmTo, ConfirmsAfter);
            }
        }

        private void Produce()
        {
            if (_unanswered is { } request && Produced < _limit)
            {
                _unanswered = null;
                Produced++;
                MostInFlight = Math.Max(MostInFlight, Produced - Math.Max(_confirmed, request.ConfirmedSeqNr));
                request.SendNextTo.Tell(Produced);
            }
        }
    }
}
