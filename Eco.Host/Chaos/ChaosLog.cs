using System.Collections.Immutable;
using System.Globalization;

namespace Eco.Host.Chaos;

/// <summary>What has happened in a chaos run; told as it happens. Safe for use by several threads.</summary>
internal sealed class ChaosLog(TimeProvider time, Action<string> say)
{
    private readonly Lock _gate = new();
    private readonly List<ChaosFault> _faults = [];
    private readonly long _start = time.GetTimestamp();
    private long _kills;

    /// <summary>SIGKILLs that the run has sent.</summary>
    public long Kills => Interlocked.Read(ref _kills);

    /// <summary>The faults, in the order in which they ended.</summary>
    public ImmutableArray<ChaosFault> Faults
    {
        get
        {
            lock (_gate)
            {
                return [.. _faults];
            }
        }
    }

    /// <summary>A process was killed.</summary>
    public void Killed() => Interlocked.Increment(ref _kills);

    /// <summary>Tells something.</summary>
    public void Say(string text) => say(string.Create(CultureInfo.InvariantCulture, $"{time.GetElapsedTime(_start).TotalSeconds,6:0.0} s  {text}"));

    /// <summary>A fault begins.</summary>
    public ChaosFault Begin(string kind, string target, string detail = "")
    {
        Say(detail.Length == 0 ? $"{kind} {target}" : $"{kind} {target}: {detail}");
        return new ChaosFault(time.GetUtcNow(), kind, target, detail);
    }

    /// <summary>A fault is over.</summary>
    public void End(ChaosFault fault)
    {
        lock (_gate)
        {
            _faults.Add(fault);
        }
    }
}
