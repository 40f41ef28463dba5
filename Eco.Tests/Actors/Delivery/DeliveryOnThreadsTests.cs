using Eco.Runtime.Actors;
using Eco.Runtime.Actors.Delivery;
using Eco.Runtime.Actors.Routing;
using NUnit.Framework;

namespace Eco.Tests.Actors.Delivery;

/// <summary>Flows and routers in the real world: many threads on the thread pool.</summary>
[NonParallelizable]
internal sealed class DeliveryOnThreadsTests
{
    private const int Messages = 20_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private ActorSystem _system = null!;

    [SetUp]
    public void SetUp() => _system = ActorSystem.Create("real", new ActorSystemSettings { MailboxCapacityPerLane = 64, Throughput = 7 });

    [TearDown]
    public async Task TearDown() => await _system.Terminate().WaitAsync(Limit);

    [Test]
    public async Task Flow_WhenItIsLargerThanAMailbox_ArrivesWholeAndInOrder()
    {
        var end = new TaskCompletionSource<List<int>>(TaskCreationOptions.RunContinuationsAsynchronously);
        IActorRef producerSide = _system.ActorOf(ProducerController.Create<int>("flow"));
        IActorRef consumerSide = _system.ActorOf(ConsumerController.Create<int>(16));
        _system.ActorOf(Props.Create(() => new Producer(producerSide)));
        _system.ActorOf(Props.Create(() => new Consumer(consumerSide, end)));
        consumerSide.Tell(new ConsumerController.RegisterToProducerController<int>(producerSide), ActorRefs.NoSender);

        Assert.That(await end.Task.WaitAsync(Limit), Is.EqualTo(Enumerable.Range(1, Messages)));
        Assert.That(_system.Metrics.MailboxFull, Is.Zero);
    }

    [Test]
    public async Task Router_WhenEachQuestionIsAnswered_UsesAllRoutees()
    {
        IActorRef router = _system.ActorOf(Props.Create(() => new Echo()).WithRouter(new RoundRobinPool(4)));
        var names = new SortedSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < 400; i++)
        {
            names.Add(await router.Ask<string>(i, Limit));
        }

        Assert.That(names, Is.EqualTo(new[] { "$a", "$b", "$c", "$d" }));
    }

    private sealed class Producer : ReceiveActor
    {
        private readonly IActorRef _controller;
        private int _next = 1;

        public Producer(IActorRef controller)
        {
            _controller = controller;
            Receive<ProducerController.RequestNext<int>>(
                request => request.SendNextTo.Tell(_next++), _ => _next <= Messages);
            Receive<ProducerController.RequestNext<int>>(_ => { });
        }

        protected override void PreStart() => _controller.Tell(new ProducerController.Start<int>(Self));
    }

    private sealed class Consumer : ReceiveActor
    {
        private readonly IActorRef _controller;

        public Consumer(IActorRef controller, TaskCompletionSource<List<int>> end)
        {
            _controller = controller;
            var got = new List<int>();
            Receive<ConsumerController.Delivery<int>>(delivery =>
            {
                got.Add(delivery.Message);
                delivery.ConfirmTo.Tell(ConsumerController.Confirmed.Instance);
                if (got.Count == Messages)
                {
                    end.TrySetResult(got);
                }
            });
        }

        protected override void PreStart() => _controller.Tell(new ConsumerController.Start<int>(Self));
    }

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(Self.Path.Name);
    }
}
