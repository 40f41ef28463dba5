using static Eco.Runtime.Actors.Delivery.DeliveryProtocol;
using static Eco.Runtime.Actors.Delivery.ProducerController;

namespace Eco.Runtime.Actors.Delivery;

/// <summary>Numbers, sends and keeps messages within the credit.</summary>
internal sealed class ProducerControllerActor<T> : ReceiveActor
{
    private readonly string _producerId;

    /// <summary>Sent or to be sent, from the first unconfirmed number to the last one given; never more than the largest window.</summary>
    private readonly Queue<SequencedMessage<T>> _unconfirmed = new();
    private IActorRef? _producer;
    private IActorRef? _consumer;
    private long _currentSeqNr = 1;
    private long _confirmedSeqNr;
    private long _requestedSeqNr;
    private long _sentSeqNr;

    /// <summary>The producer has been asked and has not answered yet.</summary>
    private bool _isAsked;

    public ProducerControllerActor(string producerId)
    {
        _producerId = producerId;
        Receive<Start<T>>(start => OnStart(start.Producer));
        Receive<RegisterConsumer<T>>(register => register.ConsumerController.Tell(new ConsumerController.RegisterToProducerController<T>(Self), Sender));
        Receive<Register>(_ => OnRegister(Sender));
        Receive<Request>(OnRequest, _ => Sender.Equals(_consumer));

        // Of a consumer controller that another one has replaced.
        Receive<Request>(_ => { });
        Receive<Terminated>(_ => Context.Stop(Self), terminated => terminated.ActorRef.Equals(_producer));
        Receive<Terminated>(_ => OnConsumerStopped(), terminated => terminated.ActorRef.Equals(_consumer));
        Receive<T>(OnMessage);
    }

    /// <summary>A controller that failed has lost its flow; the other side learns of it by its end.</summary>
    protected override void PostRestart(Exception reason) => Context.Stop(Self);

    /// <summary>What no consumer will get any more is not lost in silence.</summary>
    protected override void PostStop()
    {
        foreach (SequencedMessage<T> message in _unconfirmed.Where(message => message.SeqNr > _sentSeqNr))
        {
            Context.System.DeadLetters.Tell(new DeadLetter(message.Message!, _producer, Self), _producer);
        }
    }

    private void OnStart(IActorRef producer)
    {
        if (_producer is not null && !_producer.Equals(producer))
        {
            Context.Unwatch(_producer);
        }

        // A producer that starts again has forgotten that it was asked.
        _producer = Context.Watch(producer);
        _isAsked = false;
        AskProducer();
    }

    private void OnRegister(IActorRef consumer)
    {
        if (_consumer is not null && !_consumer.Equals(consumer))
        {
            Context.Unwatch(_consumer);
        }

        _consumer = Context.Watch(consumer);
        _requestedSeqNr = _confirmedSeqNr;
        _sentSeqNr = _confirmedSeqNr;
        consumer.TellBounded(new Registered(_producerId, _confirmedSeqNr + 1), Self);
    }

    private void OnConsumerStopped()
    {
        _consumer = null;
        _requestedSeqNr = _confirmedSeqNr;
        _sentSeqNr = _confirmedSeqNr;
    }

    private void OnRequest(Request request)
    {
        while (_unconfirmed.TryPeek(out SequencedMessage<T>? oldest) && oldest.SeqNr <= request.ConfirmedSeqNr)
        {
            _unconfirmed.Dequeue();
        }

        _confirmedSeqNr = request.ConfirmedSeqNr;
        _requestedSeqNr = request.RequestUpToSeqNr;
        SendWhatIsGranted();
        AskProducer();
    }

    private void OnMessage(T message)
    {
        if (!_isAsked)
        {
            // Taking it would make the flow unbounded.
            Sender.Tell(
                new Status.Failure(new IllegalActorStateException($"the flow '{_producerId}' has not asked for a message; send one for each RequestNext")), Self);
            Context.System.DeadLetters.Tell(new DeadLetter(message!, Cell.SenderOrNull, Self), Cell.SenderOrNull);
            return;
        }

        _isAsked = false;
        _unconfirmed.Enqueue(new SequencedMessage<T>(_currentSeqNr++, message));
        SendWhatIsGranted();
        AskProducer();
    }

    private void SendWhatIsGranted()
    {
        if (_consumer is null || _sentSeqNr >= Math.Min(_requestedSeqNr, _currentSeqNr - 1))
        {
            return;
        }

        foreach (SequencedMessage<T> message in _unconfirmed)
        {
            if (message.SeqNr > _requestedSeqNr)
            {
                return;
            }

            if (message.SeqNr > _sentSeqNr)
            {
                _consumer.TellBounded(message, Self);
                _sentSeqNr = message.SeqNr;
            }
        }
    }

    private void AskProducer()
    {
        if (_producer is not null && !_isAsked && _currentSeqNr <= _requestedSeqNr)
        {
            _isAsked = true;
            _producer.TellBounded(new RequestNext<T>(_producerId, _currentSeqNr, _confirmedSeqNr, Self), Self);
        }
    }
}
