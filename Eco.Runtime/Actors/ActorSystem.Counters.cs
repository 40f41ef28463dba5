using System.Numerics;

namespace Eco.Runtime.Actors;

/// <content>What is counted, published and logged.</content>
public sealed partial class ActorSystem
{
    /// <summary>The first so many dead letters are logged, then only each power of two: a storm must not become a storm of lines.</summary>
    private const long LoggedDeadLetters = 10;

    private long _handledByStopped;
    private long _deadLetters;
    private long _mailboxFull;
    private long _unhandled;
    private long _failures;
    private long _restarts;
    private long _escalations;

    /// <summary>The counters of now. Walks all actors; not for a hot path.</summary>
    public ActorSystemMetrics Metrics => new(
        Interlocked.Read(ref _handledByStopped) + HandledBelow(_user) + HandledBelow(_system),
        Interlocked.Read(ref _deadLetters),
        Interlocked.Read(ref _mailboxFull),
        Interlocked.Read(ref _unhandled),
        Interlocked.Read(ref _failures),
        Interlocked.Read(ref _restarts),
        Interlocked.Read(ref _escalations),
        Runner.Failures,
        CountFrom(_user) + CountFrom(_system));

    internal void CountStopped(long handled) => Interlocked.Add(ref _handledByStopped, handled);

    internal void CountFailure() => Interlocked.Increment(ref _failures);

    internal void CountRestart() => Interlocked.Increment(ref _restarts);

    internal void CountEscalation() => Interlocked.Increment(ref _escalations);

    internal void OnDeadLetter(AllDeadLetters letter)
    {
        if (_aborted)
        {
            return;
        }

        if (letter is DeadLetter { Message: IDeadLetterSuppression })
        {
            PublishLetter(new SuppressedDeadLetter(letter.Message, letter.Sender, letter.Recipient));
            return;
        }

        long count = Interlocked.Increment(ref _deadLetters);
        if (count <= LoggedDeadLetters || BitOperations.IsPow2(count))
        {
            LogDeadLetter(letter.Message.GetType().Name, letter.Sender?.Path.Address, letter.Recipient.Path.Address, count);
        }

        PublishLetter(letter);
    }

    internal void OnMailboxFull(MailboxFull letter)
    {
        if (_aborted)
        {
            return;
        }

        long count = Interlocked.Increment(ref _mailboxFull);
        if (count <= LoggedDeadLetters || BitOperations.IsPow2(count))
        {
            LogMailboxFull(letter.Lane, letter.Recipient.Path.Address, letter.Message.GetType().Name, count);
        }

        PublishLetter(letter);
        if (letter.Sender is IAskPromise promise)
        {
            promise.Fail(new MailboxFullException(
                $"the {letter.Lane} lane of {letter.Recipient.Path} is full with {Settings.MailboxCapacityPerLane} messages; "
                + $"the {letter.Message.GetType().Name} was not delivered"));
        }
    }

    internal void PublishUnhandled(UnhandledMessage message)
    {
        Interlocked.Increment(ref _unhandled);
        LogUnhandled(message.Message.GetType().Name, message.Sender?.Path.Address, message.Recipient.Path.Address);
        EventStream.Publish(message);
    }

    internal void LogSupervision(SupervisorStrategy strategy, ActorCell child, Exception cause, Directive directive)
    {
        if (strategy.IsLoggingEnabled)
        {
            if (directive == Directive.Escalate)
            {
                LogEscalated(child.Path.Address, cause.Message);
            }
            else
            {
                LogDirective(cause, child.Path.Address, directive);
            }
        }
    }

    /// <summary>A dead letter about a dead letter could go on for ever; it is counted and ends here.</summary>
    private void PublishLetter(AllDeadLetters letter)
    {
        if (letter.Message is not AllDeadLetters)
        {
            EventStream.Publish(letter);
        }
    }

    private static int CountFrom(ActorCell cell) => 1 + cell.ChildCells().Sum(CountFrom);

    private static long HandledBelow(ActorCell cell)
    {
        long sum = cell.Handled;
        foreach (ActorCell child in cell.ChildCells())
        {
            sum += HandledBelow(child);
        }

        return sum;
    }
}
