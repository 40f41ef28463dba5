namespace Eco.Runtime.Actors;

/// <content>The slice of work: system messages first, then user messages up to the throughput.</content>
internal sealed partial class ActorCell
{
    private int _suspendCount;
    private bool _awaiting;
    private bool _held;

    /// <summary>Suspended by a failure, in an asynchronous handler, or waiting for a port: only system messages are processed.</summary>
    private bool IsBlocked => _suspendCount > 0 || _awaiting || _held;

    void IThreadPoolWorkItem.Execute()
    {
        if (System.IsAborted)
        {
            return;
        }

        ActorCell? outer = t_current;
        t_current = this;
        try
        {
            RunSlice();
        }
        catch (Exception defect)
        {
            // Failures of actors are handled further in; this is one of the runtime or of a logger, and the actor must not hang in it.
            if (!System.IsAborted)
            {
                System.Runner.Report($"the mailbox of {Path}", defect);
                SendSystem(new Terminate());
                System.Dispatcher.Execute(this);
            }
        }
        finally
        {
            t_current = outer;
        }
    }

    /// <summary>Keeps user messages waiting until <see cref="Release"/>; for actors that wait for a port.</summary>
    public void Hold() => _held = true;

    /// <summary>Ends <see cref="Hold"/>.</summary>
    public void Release() => _held = false;

    private void RunSlice()
    {
        int left = System.Settings.Throughput;
        while (true)
        {
            if (_mailbox.HasSystem)
            {
                ProcessSystem();
            }

            if (System.IsAborted || _mailbox.IsClosed)
            {
                return;
            }

            if (left > 0 && !IsBlocked)
            {
                left = ProcessUser(left);
                if (_mailbox.HasSystem)
                {
                    continue;
                }
            }

            bool blocked = IsBlocked;
            _receiveTimeout?.Settle();
            if (!blocked)
            {
                // Before the end of the turn: after it, another thread may be handling the next message.
                _message = null;
                _sender = null;
            }

            if ((blocked || !HasUnstashed) && _mailbox.TryIdle(blocked))
            {
                return;
            }

            if (left == 0)
            {
                System.Dispatcher.Yield(this);
                return;
            }
        }
    }

    private int ProcessUser(int left)
    {
        try
        {
            while (left > 0 && TryTake(out object message, out IActorRef? sender))
            {
                left--;
                _handled++;
                _message = message;
                _sender = sender;
                _receiveTimeout?.Observe(message);
                if (message is AutoReceivedMessage auto)
                {
                    AutoReceive(auto);
                }
                else
                {
                    _actor!.AroundReceive(_behavior, message);
                }

                if (_mailbox.HasSystem || IsBlocked || System.IsAborted)
                {
                    break;
                }
            }
        }
        catch (Exception cause)
        {
            HandleFailure(cause, perpetrator: null);
        }

        return left;
    }

    private bool TryTake(out object message, out IActorRef? sender) =>
        HasUnstashed ? TakeUnstashed(out message, out sender) : _mailbox.TryTake(out message, out sender);

    private void AutoReceive(AutoReceivedMessage message)
    {
        switch (message)
        {
            case Terminated terminated:
                ReceiveTerminated(terminated);
                break;
            case TimerFired fired:
                if (_timers is not null && _timers.TryAccept(fired, out object? payload))
                {
                    _message = payload;
                    _receiveTimeout?.Observe(payload);
                    if (payload is AutoReceivedMessage auto)
                    {
                        AutoReceive(auto);
                    }
                    else
                    {
                        _actor!.AroundReceive(_behavior, payload);
                    }
                }

                break;
            case ReceiveTimeoutDue due:
                ReceiveDue(due);
                break;
            case PoisonPill:
                StopSelf();
                break;
            case Kill:
                throw new ActorKilledException($"{Path} was killed");
            case Identify identify:
                Sender.Tell(new ActorIdentity(identify.MessageId, this), this);
                break;
            default:
                throw new IllegalActorStateException($"{message.GetType()} is not known to the runtime");
        }
    }

    private void StopSelf()
    {
        if (_parent is ActorCell parent)
        {
            parent.Stop(this);
        }
        else
        {
            SendSystem(new Terminate());
        }
    }
}
