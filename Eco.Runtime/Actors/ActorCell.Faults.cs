namespace Eco.Runtime.Actors;

/// <content>Life cycle and failures: the protocol of Akka's FaultHandling.</content>
internal sealed partial class ActorCell
{
    private enum ChildrenWait
    {
        None,
        Creation,
        Recreation,
        Termination,
    }

    private ChildrenWait _waitingFor;
    private Exception? _recreationCause;
    private bool _isFailed;
    private bool _isTerminating;
    private ActorCell? _perpetrator;

    private void CreateInstance()
    {
        if (_isTerminating)
        {
            return;
        }

        try
        {
            _actor = NewInstance();
            _actor.AroundPreStart();
        }
        catch (Exception cause)
        {
            DiscardInstance();
            throw cause as ActorInitializationException
                ?? new ActorInitializationException(this, $"{Path} could not be created: {cause.Message}", cause);
        }
    }

    private ActorBase NewInstance()
    {
        IsCreatingInstance = true;
        try
        {
            _behavior = null;
            _stacked = null;
            ActorBase actor = Props.NewActor();
            if (!ReferenceEquals(actor.Cell, this))
            {
                throw new ActorInitializationException(this, $"{Path}: the factory of the Props returned the instance of another actor");
            }

            if (IsCreatingInstance)
            {
                // No constructor has run.
                throw new ActorInitializationException(this, $"{Path}: the factory of the Props returned the old instance instead of a new one");
            }

            Equip(actor);
            return actor;
        }
        finally
        {
            IsCreatingInstance = false;
        }
    }

    /// <summary>Ends what belongs to the instance and not to the actor.</summary>
    private void DiscardInstance()
    {
        ActorBase? actor = _actor;
        _actor = null;
        _behavior = null;
        _stacked = null;
        _held = false;
        AbandonTask();
        _timers?.CancelAll();
        if (actor is IDisposable disposable)
        {
            System.Runner.Run($"disposing the instance of {Path}", disposable.Dispose);
        }
    }

    private void HandleFailure(Exception cause, ActorCell? perpetrator)
    {
        if (System.IsAborted)
        {
            return;
        }

        System.CountFailure();
        if (_isTerminating)
        {
            System.Runner.Report($"stopping {Path}", cause);
            return;
        }

        if (_isFailed)
        {
            // The supervisor has not decided on the first failure yet; this one came from the runtime's work in between.
            System.Runner.Report($"handling a failure of {Path}", cause);
            return;
        }

        _suspendCount++;
        _isFailed = true;
        _perpetrator = perpetrator ?? this;
        SuspendChildren(perpetrator);
        _parent.SendSystem(new Failed(this, cause));
    }

    private void ClearFailed()
    {
        _isFailed = false;
        _perpetrator = null;
    }

    private void FaultResume(Exception? cause)
    {
        if (_isTerminating)
        {
            return;
        }

        if (_actor is null)
        {
            FaultCreate();
            return;
        }

        ActorCell? perpetrator = _perpetrator;
        ResumeOnce();
        if (cause is not null)
        {
            ClearFailed();
        }

        ResumeChildren(cause, perpetrator);
    }

    private void ResumeOnce()
    {
        if (_suspendCount > 0)
        {
            _suspendCount--;
        }
    }

    private void FaultRecreate(Exception cause)
    {
        if (_isTerminating)
        {
            return;
        }

        if (_actor is null)
        {
            FaultCreate();
            return;
        }

        // Only a message in work is lost: its own failure's, or one that an asynchronous handler or a port holds.
        bool isInWork = (_isFailed && ReferenceEquals(_perpetrator, this)) || _awaiting || _held;
        object? message = isInWork ? _message : null;
        try
        {
            _actor.AroundPreRestart(cause, message);
        }
        catch (Exception second)
        {
            System.Runner.Report($"PreRestart of {Path}", new PreRestartException(this, second, cause, message));
        }
        finally
        {
            _stash?.UnstashAll();
            DiscardInstance();
            _message = null;
            _sender = null;
        }

        _recreationCause = cause;
        if (!WaitForStoppingChildren(ChildrenWait.Recreation))
        {
            FinishRecreate();
        }
    }

    private void FinishRecreate()
    {
        Exception cause = _recreationCause!;
        _recreationCause = null;
        IReadOnlyList<ActorCell> survivors = ChildCells();
        ResumeOnce();
        ClearFailed();
        System.CountRestart();
        _receiveTimeout?.Touch();
        try
        {
            _actor = NewInstance();
            _actor.AroundPostRestart(cause);
            foreach (ActorCell child in survivors)
            {
                child.SendSystem(new Recreate(cause));
            }
        }
        catch (Exception second)
        {
            DiscardInstance();
            HandleFailure(new PostRestartException(this, second, cause), perpetrator: null);
        }
    }

    /// <summary>A restart or resume of an actor that never came to be.</summary>
    private void FaultCreate()
    {
        foreach (ActorCell child in ChildCells())
        {
            Stop(child);
        }

        if (!WaitForStoppingChildren(ChildrenWait.Creation))
        {
            FinishCreate();
        }
    }

    private void FinishCreate()
    {
        ResumeOnce();
        ClearFailed();
        System.CountRestart();
        try
        {
            CreateInstance();
        }
        catch (Exception cause)
        {
            HandleFailure(cause, perpetrator: null);
        }
    }

    private bool WaitForStoppingChildren(ChildrenWait reason)
    {
        if (_children is null || _children.Stopping == 0)
        {
            return false;
        }

        _waitingFor = reason;
        return true;
    }

    private void BeginTermination()
    {
        if (_isTerminating)
        {
            return;
        }

        _isTerminating = true;
        _children?.Close();
        UnwatchAll();
        SetReceiveTimeout(null);
        foreach (ActorCell child in ChildCells())
        {
            Stop(child);
        }

        _suspendCount++;
        if (!WaitForStoppingChildren(ChildrenWait.Termination))
        {
            FinishTermination();
        }
    }

    private void FinishTermination()
    {
        try
        {
            _actor?.AroundPostStop();
        }
        catch (Exception cause)
        {
            System.Runner.Report($"PostStop of {Path}", cause);
        }

        _stash?.UnstashAll();
        DiscardInstance();
        _mailbox.Close();
        System.CountStopped(_handled);
        try
        {
            System.EventStream.Unsubscribe(this);
            DrainToDeadLetters();
        }
        finally
        {
            // Whatever a logger or a subscriber does: the parent and the watchers wait for this.
            _parent.SendSystem(new DeathWatchNotification(this, existenceConfirmed: true));
            NotifyWatchers();
        }
    }

    private void DrainToDeadLetters()
    {
        while (TryTake(out object message, out IActorRef? sender))
        {
            ToDeadLetters(message, sender);
        }

        for (SystemMessage? message = _mailbox.TakeSystem(); message is not null; message = message.Next)
        {
            AnswerForTheDead(message);
        }

        _message = null;
        _sender = null;
    }

    private void ChildStopped(ActorCell child)
    {
        if (_children is null || !_children.Remove(child) || _children.Stopping > 0)
        {
            return;
        }

        ChildrenWait reason = _waitingFor;
        _waitingFor = ChildrenWait.None;
        switch (reason)
        {
            case ChildrenWait.Termination:
                FinishTermination();
                break;
            case ChildrenWait.Recreation:
                FinishRecreate();
                break;
            case ChildrenWait.Creation:
                FinishCreate();
                break;
            default:
                break;
        }
    }
}
