using System.Collections.Immutable;

namespace Eco.Host.Campaigns.Faults;

/// <summary>
/// Makes a failing plan small: takes faults away, half of them first, then quarters, down to single ones, as long as the same promise is broken
/// (delta debugging, Zeller 2002).
/// </summary>
internal static class FaultShrinker
{
    /// <summary>Shrinks a plan.</summary>
    /// <param name="plan">It fails.</param>
    /// <param name="fails">Whether a smaller plan still fails in the same way.</param>
    /// <param name="attempts">At most so many runs.</param>
    public static CampaignPlan Shrink(CampaignPlan plan, Func<CampaignPlan, bool> fails, int attempts)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ImmutableArray<PlannedFault> kept = plan.Faults;
        int parts = 2;
        while (kept.Length > 0 && attempts > 0)
        {
            int size = Math.Max(1, (kept.Length + parts - 1) / parts);
            bool smaller = false;
            for (int start = 0; start < kept.Length && attempts > 0; start += size)
            {
                ImmutableArray<PlannedFault> without = kept.RemoveRange(start, Math.Min(size, kept.Length - start));
                attempts--;
                if (fails(plan with { Faults = without }))
                {
                    kept = without;
                    smaller = true;
                    break;
                }
            }

            if (smaller)
            {
                parts = Math.Max(2, parts - 1);
            }
            else if (size == 1)
            {
                break;
            }
            else
            {
                parts = Math.Min(kept.Length, parts * 2);
            }
        }

        return plan with { Faults = kept };
    }
}
