namespace Eco.Runtime.Persistence.Journals;

/// <summary>Written by the writer's and the callers' threads, read by any.</summary>
internal sealed class JournalCounters
{
    private long _commits;
    private long _requests;
    private long _events;
    private long _maxRequestsPerCommit;
    private long _fenced;
    private long _rejected;
    private long _overloaded;
    private long _checkpoints;

    public void Committed(int requests, int events)
    {
        Interlocked.Increment(ref _commits);
        Interlocked.Add(ref _requests, requests);
        Interlocked.Add(ref _events, events);
        if (requests > Interlocked.Read(ref _maxRequestsPerCommit))
        {
            Interlocked.Exchange(ref _maxRequestsPerCommit, requests); // only the writer's thread gets here
        }
    }

    public void Fenced() => Interlocked.Increment(ref _fenced);

    public void Rejected() => Interlocked.Increment(ref _rejected);

    public void Overloaded() => Interlocked.Increment(ref _overloaded);

    public void Checkpointed() => Interlocked.Increment(ref _checkpoints);

    public JournalStatistics Read() => new(
        Interlocked.Read(ref _commits),
        Interlocked.Read(ref _requests),
        Interlocked.Read(ref _events),
        Interlocked.Read(ref _maxRequestsPerCommit),
        Interlocked.Read(ref _fenced),
        Interlocked.Read(ref _rejected),
        Interlocked.Read(ref _overloaded),
        Interlocked.Read(ref _checkpoints));
}
