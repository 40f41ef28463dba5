using System.Collections.Immutable;

namespace Eco.Host.Campaigns;

/// <summary>Runs seeds on several threads, each with one world at a time; worlds share nothing.</summary>
internal static class CampaignRunner
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(2);

    /// <summary>Runs seeds until all are done or somebody cancels; what is under way then is finished.</summary>
    /// <param name="seeds">Which.</param>
    /// <param name="scenario">What each draws its faults from.</param>
    /// <param name="threads">How many at a time.</param>
    /// <param name="totals">What they come to.</param>
    /// <param name="progress">Called now and then, from the calling thread.</param>
    /// <param name="isEnough">Whether to start no further seed.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static void Run(
        ImmutableArray<long> seeds,
        CampaignScenario scenario,
        int threads,
        CampaignTotals totals,
        Action progress,
        Func<bool> isEnough,
        CancellationToken cancellation)
    {
        int next = -1;
        Exception? defect = null;
        Thread[] workers =
        [
            .. Enumerable.Range(0, Math.Min(threads, seeds.Length)).Select(index => new Thread(Work)
            {
                Name = $"campaign {index}",
                IsBackground = true,
            }),
        ];
        foreach (Thread worker in workers)
        {
            worker.Start();
        }

        foreach (Thread worker in workers)
        {
            while (!worker.Join(ProgressEvery))
            {
                progress();
            }
        }

        if (defect is not null)
        {
            throw new InvalidOperationException($"a campaign's thread failed: {defect.Message}", defect);
        }

        void Work()
        {
            try
            {
                int index;
                while (!cancellation.IsCancellationRequested && !isEnough() && defect is null && (index = Interlocked.Increment(ref next)) < seeds.Length)
                {
                    totals.Add(CampaignRun.Run(CampaignPlan.Derive((ulong)seeds[index], scenario), CampaignSeams.None));
                }
            }
            catch (Exception e)
            {
                // Carried to the thread that waits: a background thread that throws would end the process without its report.
                defect = e;
            }
        }
    }
}
