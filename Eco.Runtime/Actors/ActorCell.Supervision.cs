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

        SupervisorStrategy strategy = Strategy;
        Directive directive = strategy.Decide(failed.Cause);
        TimeSpan delay = TimeSpan.Zero;
        if (directive == Directive.Restart && !strategy.TryRestart(failed.Child.Statistics ??= new ChildStatistics(failed.Child), System, out delay))
        {
            directive = Directive.Stop;
        }

        System.LogSupervision(strategy, failed.Child, failed.Cause, directive);
        switch (directive)
        {
            case Directive.Resume:
                failed.Child.SendSystem(new Resume(failed.Cause));
                break;
            case Directive.Restart when delay > TimeSpan.Zero:
                ScheduleRestart(failed, delay);
                break;
            case Directive.Restart:
                failed.Child.SendSystem(new Recreate(failed.Cause));
                break;
            case Directive.Stop:
                Stop(failed.Child);
                break;
            default:
                // The child's failure becomes this actor's own.
                System.CountEscalation();
                HandleFailure(failed.Cause, failed.Child);
                break;
        }
    }

    private void ScheduleRestart(Failed failed, TimeSpan delay) =>
        System.Timers.StartOnce($"the back-off of {failed.Child.Path}", delay, () => SendSystem(new RestartDue(failed.Child, failed.Cause)));

    private void RestartAfterDelay(RestartDue due)
    {
        if (!_isTerminating && _children is not null && _children.Contains(due.Child) && !due.Child.IsStoppingForParent)
        {
            due.Child.SendSystem(new Recreate(due.Cause));
        }
    }
}
