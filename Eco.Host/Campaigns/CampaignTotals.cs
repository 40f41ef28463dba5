using System.Collections.Immutable;
using Eco.Host.Campaigns.Faults;

namespace Eco.Host.Campaigns;

/// <summary>What the runs of a campaign came to so far; each thread adds its own.</summary>
internal sealed class CampaignTotals
{
    /// <summary>So many failures are kept with their plans; more are only counted.</summary>
    public const int KeptFailures = 20;

    private readonly Lock _gate = new();
    private readonly List<CampaignResult> _failures = [];
    private readonly SortedDictionary<ulong, ulong> _hashes = [];

    /// <summary>Runs that are over.</summary>
    public long Seeds { get; private set; }

    /// <summary>Events that actors have handled.</summary>
    public long Events { get; private set; }

    /// <summary>The shortest run, in events.</summary>
    public long LeastEvents { get; private set; } = long.MaxValue;

    /// <summary>Actors, summed over the runs.</summary>
    public long Actors { get; private set; }

    /// <summary>The worlds' own time.</summary>
    public TimeSpan VirtualTime { get; private set; }

    /// <summary>Runs that broke a promise.</summary>
    public long FailedSeeds { get; private set; }

    /// <summary>Which faults met which states.</summary>
    public FaultTable Table { get; } = new();

    /// <summary>The failures that are kept, by seed.</summary>
    public ImmutableArray<CampaignResult> Failures
    {
        get
        {
            lock (_gate)
            {
                return [.. _failures.OrderBy(failure => failure.Plan.Settings.Seed)];
            }
        }
    }

    /// <summary>The trace of each run, by seed.</summary>
    public ImmutableSortedDictionary<ulong, ulong> Hashes
    {
        get
        {
            lock (_gate)
            {
                return _hashes.ToImmutableSortedDictionary();
            }
        }
    }

    /// <summary>Adds a run.</summary>
    public void Add(CampaignResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        lock (_gate)
        {
            Seeds++;
            Events += result.Events;
            LeastEvents = Math.Min(LeastEvents, result.Events);
            Actors += result.Actors;
            VirtualTime += result.VirtualTime;
            Table.Add(result.Table);
            _hashes[result.Plan.Settings.Seed] = result.TraceHash;
            if (result.Failure is null)
            {
                return;
            }

            FailedSeeds++;
            if (_failures.Count < KeptFailures)
            {
                _failures.Add(result);
            }
        }
    }
}
