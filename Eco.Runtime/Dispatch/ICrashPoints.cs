namespace Eco.Runtime.Dispatch;

/// <summary>
/// Named places at which a fault campaign may end the process or host. Production passes <see cref="None"/>, which does nothing.
/// </summary>
/// <remarks>Names are stable: <c>journal.beforeCommit</c>, <c>journal.afterCommit</c>, <c>head.afterWrite</c>, <c>ack.beforeSend</c>, <c>ack.afterSend</c>.</remarks>
public interface ICrashPoints
{
    /// <summary>Announces that execution has reached a place.</summary>
    /// <param name="point">The place's stable name.</param>
    /// <param name="detail">What is being done there: an event's manifest, for instance <c>merge.round-opened/1</c>.</param>
    void Reached(string point, string detail);

    /// <summary>The implementation that does nothing.</summary>
    static ICrashPoints None { get; } = new NoCrashPoints();

    private sealed class NoCrashPoints : ICrashPoints
    {
        public void Reached(string point, string detail)
        {
        }
    }
}
