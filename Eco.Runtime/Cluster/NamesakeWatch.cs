using Eco.Runtime.Persistence;

namespace Eco.Runtime.Cluster;

/// <summary>
/// Finds a second living process with this host's name among the members of a database. A former start of this host that has just died looks like one at first, but
/// does not announce itself again.
/// </summary>
/// <remarks>
/// Only who was announced before this start is looked at, so that of two processes the later one finds the other. Ages are on the database's clock and distances between questions on
/// this host's; a distance is measured from an answer's arrival to a later question's departure, so that a pause of this process can only make it too short, and hide the other for a while.
/// </remarks>
/// <param name="writerId">This start.</param>
/// <param name="liveWithin">A member that was silent for longer is of no interest.</param>
/// <param name="time">The host's clock.</param>
internal sealed class NamesakeWatch(string writerId, TimeSpan liveWithin, TimeProvider time)
{
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(200);
    private readonly SortedDictionary<string, TimeSpan> _before = new(StringComparer.Ordinal);
    private readonly string _name = EntityHostSetup.MemberOf(writerId);
    private long _question;
    private long _askedAt;
    private long? _firstAnswerAt;
    private long _lastAnswerAt;

    /// <summary>The host asks now.</summary>
    public void Asks(long correlationId)
    {
        _question = correlationId;
        _askedAt = time.GetTimestamp();
    }

    /// <summary>Another living process of this name that was there before; null if there is none, or none is known yet.</summary>
    public Member? FindAlive(MembersListed listed)
    {
        bool wasSilent = _firstAnswerAt is not null && time.GetElapsedTime(_lastAnswerAt) >= liveWithin;
        _lastAnswerAt = time.GetTimestamp();
        if (wasSilent)
        {
            // Paused or cut off, it counted as dead: another may have taken its name in good faith, and is to be found as if this one had just started. The answer may be
            // from before the pause; the next one is not.
            _firstAnswerAt = null;
            _before.Clear();
            return null;
        }

        if (_firstAnswerAt is not { } first)
        {
            _firstAnswerAt = _lastAnswerAt;
            foreach (Member member in listed.Members.Where(member => IsNamesake(member) && member.Age < liveWithin))
            {
                _before[member.Host] = member.Age;
            }

            return null;
        }

        if (listed.CorrelationId != _question || _before.Count == 0)
        {
            // An older question's answer: it is not known when it departed.
            return null;
        }

        // Clocks of different pace: a tenth is more than any of them is wrong by.
        TimeSpan elapsed = (time.GetElapsedTime(first, _askedAt) * 0.9) - Margin;
        return listed.Members.FirstOrDefault(member => _before.TryGetValue(member.Host, out TimeSpan age) && member.Age < age + elapsed);
    }

    /// <summary>A former start of this host that need not be remembered any more.</summary>
    public Member? FindDead(MembersListed listed)
    {
        Member? dead = listed.Members.FirstOrDefault(member => IsNamesake(member) && member.Age >= liveWithin * 4);
        if (dead is not null)
        {
            _before.Remove(dead.Host);
        }

        return dead;
    }

    private bool IsNamesake(Member member) => member.Host != writerId && EntityHostSetup.MemberOf(member.Host) == _name;
}
