using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Eco.Actors.Console;
using Eco.Host.Commands;
using Eco.Host.Composition.Local;
using Eco.Host.Output;

namespace Eco.Host.Demo;

/// <summary>One run of a demo on a started host: find or submit its ION, follow it to its end.</summary>
internal sealed class DemoSession(
    IDemoScenario scenario,
    LocalHost host,
    CommandOutput output,
    bool live,
    Stopwatch elapsed)
{
    private static readonly TimeSpan DrawEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan FinalPatience = TimeSpan.FromSeconds(2.5);
    private long _requests;

    /// <summary>Runs to the end.</summary>
    /// <exception cref="CommandException">The host failed, or a pipeline is quarantined.</exception>
    public async Task<DemoOutcome> RunAsync(CancellationToken cancellation)
    {
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        IAsyncEnumerator<ConsoleReply> events = host
            .WatchAsync(new ConsoleRequest(++_requests, ConsoleVerbs.Watch, Arguments.None), watching.Token)
            .GetAsyncEnumerator(watching.Token);
        await using (events.ConfigureAwait(false))
        {
            Task<bool> next = events.MoveNextAsync().AsTask();
            next = await AwaitAgentsAsync(events, next, cancellation).ConfigureAwait(false);
            (string ion, bool resumed) = await FindOrSubmitAsync(cancellation).ConfigureAwait(false);
            DemoProgress progress = await ReadProgressAsync(ion, resumed, cancellation).ConfigureAwait(false);
            long stepsBefore = Steps(progress);
            output.Note(resumed ? $"resuming {ion} from its journals" : $"{ion}: {scenario.Title}");
            var display = new DemoDisplay(scenario, output, live);
            await display.ShowAsync(() => FollowAsync(events, next, progress, stepsBefore, display, cancellation)).ConfigureAwait(false);
            double seconds = elapsed.Elapsed.TotalSeconds;
            IonDetailView detail = await AskAsync<IonDetailView>(ConsoleVerbs.IonShow, cancellation, ("ion", ion)).ConfigureAwait(false);
            long steps = Steps(progress) - stepsBefore;
            await watching.CancelAsync().ConfigureAwait(false);
            return new DemoOutcome(
                seconds,
                detail.MergedRounds,
                host.Traffic.BytesBetweenHosts,
                steps,
                progress.Snapshot());
        }
    }

    private async Task<Task<bool>> AwaitAgentsAsync(IAsyncEnumerator<ConsoleReply> events, Task<bool> next, CancellationToken cancellation)
    {
        while (true)
        {
            ImmutableArray<AgentView> agents = await AskAsync<ImmutableArray<AgentView>>(ConsoleVerbs.Agents, cancellation).ConfigureAwait(false);
            if (scenario.Agents.All(wanted => agents.Any(agent => agent.Id == wanted.Profile.Id)))
            {
                return next;
            }

            // Joining is an event; after each one the agents are looked at again.
            await Task.WhenAny(next, host.Fault).WaitAsync(cancellation).ConfigureAwait(false);
            ThrowIfFailed(null);
            await next.ConfigureAwait(false);
            next = events.MoveNextAsync().AsTask();
        }
    }

    private async Task<(string Ion, bool Resumed)> FindOrSubmitAsync(CancellationToken cancellation)
    {
        ImmutableArray<IonView> ions = await AskAsync<ImmutableArray<IonView>>(ConsoleVerbs.IonList, cancellation).ConfigureAwait(false);
        var runs = ions
            .Select(ion => (Ion: ion, Number: NumberOf(ion.Id)))
            .Where(run => run.Number > 0)
            .OrderBy(run => run.Number)
            .ToList();
        if (runs.LastOrDefault(run => run.Ion.State is "running" or "paused") is { Ion: { } unfinished })
        {
            if (unfinished.State == "paused")
            {
                await AskAsync<IonView>(ConsoleVerbs.IonResume, cancellation, ("ion", unfinished.Id)).ConfigureAwait(false);
            }

            return (unfinished.Id, true);
        }

        long number = runs.Count == 0 ? 1 : runs[^1].Number + 1;
        string id = string.Create(CultureInfo.InvariantCulture, $"{scenario.Prefix}-{number}");
        await AskAsync<SubmissionView>(ConsoleVerbs.IonSubmit, cancellation, scenario.ToHocon(id), ("file", "demo")).ConfigureAwait(false);
        return (id, false);
    }

    private async Task<DemoProgress> ReadProgressAsync(string ion, bool resumed, CancellationToken cancellation)
    {
        var progress = new DemoProgress(ion);
        if (resumed)
        {
            IonDetailView detail = await AskAsync<IonDetailView>(ConsoleVerbs.IonShow, cancellation, ("ion", ion)).ConfigureAwait(false);
            progress.Rounds = detail.MergedRounds;
            foreach (StatisticView statistic in detail.Statistics)
            {
                progress.Add(statistic.Agent, statistic.Name, statistic.Value);
            }

            progress.Completed = detail.Ion.State == "completed";
        }

        return progress;
    }

    private async Task FollowAsync(
        IAsyncEnumerator<ConsoleReply> events,
        Task<bool> next,
        DemoProgress progress,
        long stepsBefore,
        DemoDisplay display,
        CancellationToken cancellation)
    {
        using var tick = new PeriodicTimer(DrawEvery);
        Task<bool> drawing = tick.WaitForNextTickAsync(cancellation).AsTask();
        TimeSpan? giveUpAt = null;
        while (!progress.Completed || !progress.IsFinal(Edges, scenario.Final))
        {
            await Task.WhenAny(next, drawing, host.Fault).ConfigureAwait(false);
            ThrowIfFailed(progress);
            cancellation.ThrowIfCancellationRequested();
            while (next.IsCompleted && await next.ConfigureAwait(false))
            {
                if (events.Current.Data?.Deserialize(ConsoleJson.Default.LiveView) is { } view)
                {
                    progress.Take(view);
                }

                next = events.MoveNextAsync().AsTask();
            }

            if (drawing.IsCompleted)
            {
                await drawing.ConfigureAwait(false);
                long raw = scenario.RawBytes(Steps(progress) - stepsBefore);
                display.Update(progress, elapsed, host.Traffic.BytesBetweenHosts, raw);
                drawing = tick.WaitForNextTickAsync(cancellation).AsTask();
            }

            giveUpAt ??= progress.Completed ? elapsed.Elapsed + FinalPatience : null;
            if (elapsed.Elapsed > giveUpAt)
            {
                break;
            }
        }
    }

    private int Edges => scenario.Agents.Count(agent => agent.Profile.Role == "edge");

    private long Steps(DemoProgress progress) =>
        (long)progress.Agents.Sum(agent => progress.Newest(agent, scenario.StepStatistic) ?? 0);

    private void ThrowIfFailed(DemoProgress? progress)
    {
        if (host.Fault.IsCompletedSuccessfully)
        {
            throw new CommandException(ConsoleErrorCodes.State, host.Fault.Result, "run eco doctor; then run the demo again, it goes on");
        }

        if (progress?.Failure is { } failure)
        {
            throw new CommandException(ConsoleErrorCodes.Internal, failure, "see eco timeline; correct the cause and submit the ION again");
        }
    }

    private long NumberOf(string id) =>
        id.StartsWith(scenario.Prefix + "-", StringComparison.Ordinal)
            && long.TryParse(id.AsSpan(scenario.Prefix.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : 0;

    private Task<T> AskAsync<T>(string verb, CancellationToken cancellation, params (string Name, string Value)[] arguments) =>
        AskAsync<T>(verb, cancellation, null, arguments);

    private async Task<T> AskAsync<T>(
        string verb, CancellationToken cancellation, string? body, params (string Name, string Value)[] arguments)
    {
        var named = arguments.ToImmutableSortedDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal);
        ConsoleReply reply = await host.AskAsync(new ConsoleRequest(++_requests, verb, named, body), cancellation).ConfigureAwait(false);
        return reply.Error is { } error
            ? throw new CommandException(error)
            : (T)reply.Data!.Value.Deserialize(typeof(T), ConsoleJson.Default)!;
    }
}
