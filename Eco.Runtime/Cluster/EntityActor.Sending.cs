using System.Collections.Immutable;
using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;

namespace Eco.Runtime.Cluster;

/// <content>Durable messages on their way out: sent after their commit, again at growing distances, until their receiver has acknowledged them.</content>
public abstract partial class EntityActor<TState>
{
    private const string ResendTimer = "entity-resend";
    private const string ProbeTimer = "entity-probe";

    private void OnAcknowledged(string receiver, long upTo)
    {
        if (!_ledger.Acknowledge(receiver, upTo))
        {
            return;
        }

        _resendAfter = _services.Options.ResendAfter;
        Commit(
            new CommitPlan { Acknowledged = [(receiver, upTo)] },
            () =>
            {
                PostSendable(receiver, everything: false);
                ScheduleResend();
                OnReceiverCaughtUp(receiver);
            });
    }

    private void OnGap(EntityGap gap)
    {
        // What lies below the expected number is applied there, whatever became of its acknowledgement.
        OnAcknowledged(gap.Receiver, gap.Expected - 1);
        if (_ledger.Rewind(gap.Receiver, gap.Expected))
        {
            PostSendable(gap.Receiver, everything: true);
        }
    }

    private void PostSendable(string receiver, bool everything)
    {
        long before = _ledger.PostedTo(receiver);
        Post(_ledger.TakeSendable(receiver, everything), before);
    }

    /// <param name="rows">What to send.</param>
    /// <param name="sentBefore">Those up to this number may have been sent before.</param>
    private void Post(ImmutableArray<OutboxRow> rows, long sentBefore)
    {
        if (rows.IsEmpty)
        {
            return;
        }

        long epoch = Persistence.OwnershipOf(PersistenceId).OwnerEpoch;
        IActorRef? here = _services.Partitions.OpenTo(rows[0].Receiver);
        foreach (OutboxRow row in rows)
        {
            var frame = new Frame(
                FrameKind.Message,
                PersistenceId,
                row.Receiver,
                row.SequenceNr,
                epoch,
                row.Timestamp,
                row.Manifest,
                row.Payload,
                IsResent: row.SequenceNr <= sentBefore);
            if (here is null)
            {
                Router.Tell(new PostFrame(frame), Self);
            }
            else
            {
                here.Tell(new EntityDelivery(frame, null, IsRedelivered: false), Self);
            }
        }
    }

    // It was not there, or the way was cut; now it is there again, and what waits for it need not wait for the timer, which may be 30 s away.
    private void HearFrom(string receiver)
    {
        if (_ledger.TakeRefusal(receiver))
        {
            PostSendable(receiver, everything: true);
        }
    }

    private void Resend()
    {
        foreach (string receiver in _ledger.Pending.ToArray())
        {
            PostSendable(receiver, everything: true);
        }

        _resendAfter = Min(_resendAfter * 2, _services.Options.ResendAtMost);
        ScheduleResend();
    }

    private void ScheduleResend()
    {
        Keep(ResendTimer, ResendDue.Instance, _resendAfter, _ledger.Pending.Any(_ledger.Unconfirmed));
        Keep(ProbeTimer, ProbeDue.Instance, _services.Options.ResendAtMost, _ledger.HasPending);
    }

    private void Keep(string timer, object message, TimeSpan after, bool needed)
    {
        if (!needed)
        {
            Timers.Cancel(timer);
        }
        else if (!Timers.IsTimerActive(timer))
        {
            Timers.StartSingleTimer(timer, message, after);
        }
    }

    // The transport has confirmed them, and yet no acknowledgement has come for long: the receiver's host may have ended before it
    // sent one, or the receiver has failed to apply them.
    private void Probe()
    {
        foreach (string receiver in _ledger.Pending.Where(_ledger.IsStuck).ToArray())
        {
            OutboxRow first = _ledger.Probe(receiver)!;
            Post([first], first.SequenceNr);
        }

        ScheduleResend();
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private sealed record ResendDue
    {
        public static ResendDue Instance { get; } = new();
    }

    private sealed record ProbeDue
    {
        public static ProbeDue Instance { get; } = new();
    }
}
