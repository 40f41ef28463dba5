using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Eco.Actors.Console;
using Eco.Host.Commands;
using Eco.Host.Composition.Hosting;
using Eco.Host.Output;

namespace Eco.Host.Demo;

/// <summary>One run of a demo on a started host: find or submit its ION, follow it to its end.</summary>
internal sealed class DemoSession(
    IDemoScenario scenario,
    EcoHost host,
    CommandOutput output,
    bool live,
    Stopwatch elapsed,
    DateTimeOffset started)
{
    private static readonly TimeSpan DrawEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan FinalPatience = TimeSpan.FromSeconds(2.5);
    private long _requests;

    /// <summary>Runs to the end.</summary>
    /// <exception cref="CommandException">The host failed, or a pipeline is quarantined.</exception>
    public async Task<DemoOutcome> RunAsync(CancellationToken cancellation)
    {
        var events = new LiveEvents(
            watching => host.WatchAsync(new ConsoleRequest(++_requests, ConsoleVerbs.Watch, Arguments.None), watching), cancellation);
        await using (events.ConfigureAwait(false))
        {
            await AgentsJoined.WaitAsync(host, scenario.Agents.Select(agent => agent.Profile.Id), cancellation).ConfigureAwait(false);
            (string ion, bool resumed) = await FindOrSubmitAsync(cancellation).ConfigureAwait(false);
            DemoProgress progress = await ReadProgressAsync(ion, resumed, cancellation).ConfigureAwait(false);
            long stepsBefore = Steps(progress);
            output.Note(resumed ? $"resuming {ion} from its journals" : $"{ion}: {scenario.Title}");
            var display = new DemoDisplay(scenario, output, live);
            await display.ShowAsync(() => FollowAsync(events, progress, stepsBefore, display, cancellation)).ConfigureAwait(false);
            double seconds = elapsed.Elapsed.TotalSeconds;
            IonDetailView detail = await AskAsync<IonDetailView>(ConsoleVerbs.IonShow, cancellation, ("ion", ion)).ConfigureAwait(false);
            long steps = Steps(progress) - stepsBefore;
            return new DemoOutcome(
                seconds,
                detail.MergedRounds,
                host.Traffic.BytesBetweenHosts,
                steps,
                resumed,
                progress.Snapshot());
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
        // What little was left of a run may have ended while this host started.
        if (runs.LastOrDefault(run => run.Ion.State is "running" or "paused" || (run.Ion.State == "completed" && run.Ion.ChangedAt >= started))
            is { Ion: { } unfinished })
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
        LiveEvents events,
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
            await Task.WhenAny(events.Next, drawing, host.Fault).ConfigureAwait(false);
            ThrowIfFailed(progress);
            cancellation.ThrowIfCancellationRequested();
            while (events.Next.IsCompleted && await events.Next.ConfigureAwait(false))
            {
                if (events.Take() is { } view)
                {
                    progress.Take(view);
                }
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

    private void ThrowIfFailed(DemoProgress progress)
    {
        host.ThrowIfFailed();
        if (progress.Failure is { } failure)
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
