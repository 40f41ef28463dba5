namespace Eco.Host.Benchmarks.Kernel;

/// <summary>One run of all yardsticks and workloads in this process, each workload next to its yardstick.</summary>
/// <param name="sizes">How much of each.</param>
/// <param name="report">Gets each measured value as soon as it is there.</param>
internal sealed class KernelRun(KernelSizes sizes, Action<string, double> report)
{
    /// <summary>Measures everything once.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await TellsAsync(stop).ConfigureAwait(false);
        await ConversationsAsync(stop).ConfigureAwait(false);
        await RestartsAsync(stop).ConfigureAwait(false);
        (double perSecond, double bytes) = await LifeCycleWorkloads.SpawnAsync(sizes.Actors).ConfigureAwait(false);
        report(KernelMeasures.Spawn, perSecond);
        report(KernelMeasures.IdleBytes, bytes);
        stop.ThrowIfCancellationRequested();
        (double lateness, int early) = await LifeCycleWorkloads.TimersAsync(sizes.Timers).ConfigureAwait(false);
        report(KernelMeasures.TimerLateness, lateness);
        report(KernelMeasures.TimersEarly, early);
    }

    private async Task TellsAsync(CancellationToken stop)
    {
        var tells = new TellWorkloads();
        await using (tells.ConfigureAwait(false))
        {
            await MeasureAsync(KernelMeasures.Channel, () => Yardsticks.ChannelAsync(sizes.Messages), stop).ConfigureAwait(false);
            await MeasureAsync(KernelMeasures.Tell, () => tells.TellAsync(sizes.Messages), stop).ConfigureAwait(false);
            await MeasureAsync(KernelMeasures.TellBoxed, () => tells.TellBoxedAsync(sizes.Messages), stop).ConfigureAwait(false);
            await MeasureAsync(KernelMeasures.FanOut, () => tells.FanOutAsync(sizes.FanOutActors, sizes.FanOutTimes), stop).ConfigureAwait(false);
            await MeasureAsync(KernelMeasures.TellAllocated, () => tells.AllocatedAsync(sizes.AllocationMessages), stop).ConfigureAwait(false);
        }
    }

    private async Task ConversationsAsync(CancellationToken stop)
    {
        var conversations = new ConversationWorkloads();
        await using (conversations.ConfigureAwait(false))
        {
            await MeasureAsync(KernelMeasures.Hop, () => Yardsticks.HopAsync(sizes.Hops), stop).ConfigureAwait(false);
            await MeasureAsync(KernelMeasures.PingPongOne, () => conversations.PingPongAsync(1, sizes.PingPongMessages), stop).ConfigureAwait(false);
            await MeasureAsync(KernelMeasures.PingPongEight, () => conversations.PingPongAsync(8, sizes.PingPongMessages / 8), stop).ConfigureAwait(false);
            await MeasureAsync(KernelMeasures.Ask, () => conversations.AskAsync(sizes.Asks), stop).ConfigureAwait(false);
            (double p50, double p99) = await conversations.AskLatencyAsync(sizes.Asks).ConfigureAwait(false);
            report(KernelMeasures.AskP50, p50);
            report(KernelMeasures.AskP99, p99);
        }
    }

    private async Task RestartsAsync(CancellationToken stop)
    {
        await MeasureAsync(KernelMeasures.Throw, () => Task.FromResult(Yardsticks.Throw(sizes.Throws)), stop).ConfigureAwait(false);
        await MeasureAsync(KernelMeasures.Restart, () => LifeCycleWorkloads.RestartAsync(sizes.Restarts), stop).ConfigureAwait(false);
    }

    private async Task MeasureAsync(string name, Func<Task<double>> measure, CancellationToken stop)
    {
        for (int i = 0; i < sizes.WarmUps; i++)
        {
            await measure().ConfigureAwait(false);
            stop.ThrowIfCancellationRequested();
        }

        // What one workload leaves behind is not paid for by the next.
        GC.Collect();
        report(name, await measure().ConfigureAwait(false));
        stop.ThrowIfCancellationRequested();
    }
}
