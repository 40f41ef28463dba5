using static Eco.Runtime.Actors.Delivery.ConsumerController;
using static Eco.Runtime.Actors.Delivery.DeliveryProtocol;

namespace Eco.Runtime.Actors.Delivery;

/// <summary>Grants credit, holds what has come, delivers one message at a time.</summary>
internal sealed class ConsumerControllerActor<T> : ReceiveActor
{
    private readonly int _window;

    /// <summary>What has come and is not confirmed; the first one is with the consumer.</summary>
    private readonly Queue<SequencedMessage<T>> _buffer = new();
    private IActorRef? _consumer;
    private IActorRef? _producer;

    /// <summary>Takes the place of a producer's side that has stopped, when all of that one is delivered.</summary>
    private IActorRef? _successor;
    private bool _isProducerGone;
    private string _producerId = "";
    private long _confirmedSeqNr;
    private long _requestedSeqNr;
    private bool _isRegistered;

    public ConsumerControllerActor(int window)
    {
        _window = window;
        Receive<Start<T>>(start => OnStart(start.DeliverTo));
        Receive<RegisterToProducerController<T>>(register => OnRegisterTo(register.ProducerController));
        Receive<Registered>(OnRegistered, _ => Sender.Equals(_producer));
        Receive<SequencedMessage<T>>(OnMessage, _ => Sender.Equals(_producer));
        Receive<ConfirmedSeqNr>(confirmed => OnConfirmed(confirmed.SeqNr));
        Receive<Terminated>(_ => Context.Stop(Self), terminated => terminated.ActorRef.Equals(_consumer));
        Receive<Terminated>(_ => OnProducerStopped(), terminated => terminated.ActorRef.Equals(_producer));
    }

    /// <summary>A controller that failed has lost what it held; the other side learns of it by its end and sends it to the next one.</summary>
    protected override void PostRestart(Exception reason) => Context.Stop(Self);

    private void OnStart(IActorRef consumer)
    {
        if (_consumer is not null && !_consumer.Equals(consumer))
        {
            Context.Unwatch(_consumer);
        }

        _consumer = Context.Watch(consumer);
        Deliver();
        Grant();
    }

    private void OnRegisterTo(IActorRef producer)
    {
        if (_producer is not null && !_isProducerGone && !_producer.Equals(producer))
        {
            Sender.Tell(
                new Status.Failure(new IllegalActorStateException(
                    $"{Self.Path} serves {_producer.Path} and cannot serve {producer.Path} as well; make another consumer controller")),
                Self);
            return;
        }

        if (_isProducerGone)
        {
            _successor = producer;
            SucceedWhenDrained();
        }
        else if (_producer is null)
        {
            RegisterTo(producer);
        }
    }

    private void RegisterTo(IActorRef producer)
    {
        _isProducerGone = false;
        _isRegistered = false;
        _producer = Context.Watch(producer);
        producer.TellBounded(new Register(), Self);
    }

    private void OnRegistered(Registered registered)
    {
        _isRegistered = true;
        _producerId = registered.ProducerId;
        _confirmedSeqNr = registered.FirstSeqNr - 1;
        _requestedSeqNr = _confirmedSeqNr;
        Grant();
    }

    private void OnMessage(SequencedMessage<T> message)
    {
        _buffer.Enqueue(message);
        if (_buffer.Count == 1)
        {
            Deliver();
        }
    }

    private void OnConfirmed(long seqNr)
    {
        if (!_buffer.TryPeek(out SequencedMessage<T>? first) || first.SeqNr != seqNr)
        {
            // A delivery that was made twice is confirmed twice.
            return;
        }

        _buffer.Dequeue();
        _confirmedSeqNr = seqNr;
        Grant();
        Deliver();
        SucceedWhenDrained();
    }

    private void OnProducerStopped()
    {
        _isProducerGone = true;
        SucceedWhenDrained();
    }

    private void SucceedWhenDrained()
    {
        if (_isProducerGone && _buffer.Count == 0)
        {
            _producer = null;
            _isProducerGone = false;
            if (_successor is { } successor)
            {
                _successor = null;
                RegisterTo(successor);
            }
        }
    }

    private void Deliver()
    {
        if (_consumer is not null && _buffer.TryPeek(out SequencedMessage<T>? next))
        {
            _consumer.TellBounded(new Delivery<T>(next.Message, new DeliveryConfirmation(Self, next.SeqNr), _producerId, next.SeqNr), Self);
        }
    }

    /// <summary>Grants again when half of the window is used up, so that most confirmations need no message.</summary>
    private void Grant()
    {
        if (_consumer is null || !_isRegistered || _isProducerGone || _requestedSeqNr - _confirmedSeqNr > _window / 2)
        {
            return;
        }

        _requestedSeqNr = _confirmedSeqNr + _window;
        _producer!.TellBounded(new Request(_confirmedSeqNr, _requestedSeqNr), Self);
    }
}
