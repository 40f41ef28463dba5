namespace Eco.Runtime.Actors;

/// <content>System messages: in order, save that some wait while children stop or while the actor itself has failed.</content>
internal sealed partial class ActorCell
{
    private Queue<SystemMessage>? _postponed;

    private void ProcessSystem()
    {
        SystemMessage? message = _mailbox.TakeSystem();
        while (message is not null)
        {
            SystemMessage? next = message.Next;
            message.Next = null;
            if (System.IsAborted)
            {
                return;
            }

            if (_mailbox.IsClosed)
            {
                AnswerForTheDead(message);
            }
            else
            {
                ProcessSystem(message);
                RetryPostponed();
            }

            message = next;
        }
    }

    private void ProcessSystem(SystemMessage message)
    {
        if (MustWait(message))
        {
            _postponed ??= new Queue<SystemMessage>();
            _postponed.Enqueue(message);
            return;
        }

        try
        {
            Dispatch(message);
        }
        catch (Exception cause)
        {
            HandleFailure(cause, (message as Failed)?.Child);
        }
    }

    private bool MustWait(SystemMessage message) =>
        (message.WaitsForChildren && _waitingFor != ChildrenWait.None)
        || (message is Failed && _isFailed)
        || (message is PortReply or AsyncContinuation && _suspendCount > 0);

    private void RetryPostponed()
    {
        // Each is tried once a round; those that still have to wait go back to the end, in their order.
        for (int round = _postponed?.Count ?? 0; round > 0 && _postponed!.Count > 0 && !_mailbox.IsClosed; round--)
        {
            ProcessSystem(_postponed.Dequeue());
        }
    }

    private void Dispatch(SystemMessage message)
    {
        switch (message)
        {
            case Create:
                CreateInstance();
                break;
            case Suspend:
                _suspendCount++;
                SuspendChildren(except: null);
                break;
            case Resume resume:
                FaultResume(resume.Cause);
                break;
            case Recreate recreate:
                FaultRecreate(recreate.Cause);
                break;
            case Terminate:
                BeginTermination();
                break;
            case Failed failed:
                SuperviseFailure(failed);
                break;
            case RestartDue due:
                Recreate(due.Children, due.Cause);
                break;
            case Watch watch:
                AddWatcher(watch.Watcher);
                break;
            case Unwatch unwatch:
                _watchedBy?.Remove(unwatch.Watcher);
                break;
            case DeathWatchNotification notification:
                WatchedActorStopped(notification);
                break;
            case AsyncContinuation continuation:
                RunContinuation(continuation);
                break;
            case PortReply reply:
                ReceivePortReply(reply);
                break;
            default:
                throw new IllegalActorStateException($"{message.GetType()} is not known to the runtime");
        }
    }

    private void ReceivePortReply(PortReply reply)
    {
        // An answer to an instance that has been replaced is late; the new one has asked again.
        if (ReferenceEquals(reply.Incarnation, _actor))
        {
            _receiveTimeout?.Touch();
            _answers++;
            _actor!.OnPortReply(reply.Reply);
        }
    }

    /// <summary>What a stopped actor still owes others.</summary>
    private void AnswerForTheDead(SystemMessage message)
    {
        if (message is Watch watch)
        {
            watch.Watcher.SendSystem(new DeathWatchNotification(this, existenceConfirmed: false));
        }
        else if (message is AsyncContinuation)
        {
            System.LogLateContinuation(Path.Address);
        }
    }
}
