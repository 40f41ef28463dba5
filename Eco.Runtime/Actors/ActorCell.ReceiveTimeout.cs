namespace Eco.Runtime.Actors;

/// <content>The receive time-out. It belongs to the actor, not to the instance, and stays over a restart.</content>
internal sealed partial class ActorCell
{
    private ReceiveTimeoutMonitor? _receiveTimeout;

    public TimeSpan? ReceiveTimeout => _receiveTimeout?.Timeout;

    public void SetReceiveTimeout(TimeSpan? timeout)
    {
        bool isOff = timeout is null || timeout == global::System.Threading.Timeout.InfiniteTimeSpan;
        if (!isOff)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout!.Value, TimeSpan.Zero, nameof(timeout));
        }

        _receiveTimeout?.End();
        _receiveTimeout = isOff ? null : new ReceiveTimeoutMonitor(this, timeout!.Value);
    }

    private void ReceiveDue(ReceiveTimeoutDue due)
    {
        if (ReferenceEquals(due.Monitor, _receiveTimeout) && due.Monitor.IsDue())
        {
            _message = Actors.ReceiveTimeout.Instance;
            _actor!.AroundReceive(_behavior, _message);
        }
    }
}
