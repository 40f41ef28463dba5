namespace Eco.Runtime.Actors;

/// <content>Deciding on the failures of children.</content>
internal sealed partial class ActorCell
{
    private void SuperviseFailure(Failed failed)
    {
        if (_isTerminating || _children is null || !_children.Contains(failed.Child))
        {
            // It is being stopped, or has been replaced: its failure no longer matters.
            return;
        }

        // A decider may look at who failed.
        _sender = failed.Child;
        SupervisorStrategy strategy = Strategy;
        IReadOnlyList<ActorCell> concerned = strategy.ConcernsAllChildren ? ChildCells() : [failed.Child];
        Directive directive = strategy.Decide(failed.Cause);
        TimeSpan delay = TimeSpan.Zero;
        if (directive == Directive.Restart && !strategy.TryRestart(failed.Child, concerned, System, out delay))
        {
            directive = Directive.Stop;
        }

        System.LogSupervision(strategy, failed.Child, failed.Cause, directive);
        switch (directive)
        {
            case Directive.Resume:
                failed.Child.SendSystem(new Resume(failed.Cause));
                break;
            case Directive.Restart:
                Restart(concerned, failed, delay);
                break;
            case Directive.Stop:
                foreach (ActorCell child in concerned)
                {
                    Stop(child);
                }

                break;
            default:
                // The child's failure becomes this actor's own.
                System.CountEscalation();
                HandleFailure(failed.Cause, failed.Child);
                break;
        }
    }

    private void Restart(IReadOnlyList<ActorCell> children, Failed failed, TimeSpan delay)
    {
        foreach (ActorCell child in children)
        {
            // The child that failed has suspended itself; its siblings must not go on with what they are about to lose.
            if (!ReferenceEquals(child, failed.Child))
            {
                child.SendSystem(new Suspend());
            }
        }

        if (delay == TimeSpan.Zero)
        {
            Recreate(children, failed.Cause);
            return;
        }

        System.Timers.StartOnce(
            $"the back-off of {failed.Child.Path}", delay, () => SendSystem(new RestartDue(children, failed.Cause)));
    }

    private void Recreate(IReadOnlyList<ActorCell> children, Exception cause)
    {
        foreach (ActorCell child in children)
        {
            if (!_isTerminating && _children is not null && _children.Contains(child) && !child.IsStoppingForParent)
            {
                child.SendSystem(new Recreate(cause));
            }
        }
    }
}
