using System.Collections.Immutable;
using System.Globalization;
using Eco.Actors.Console;
using Eco.Host.Campaigns.Workload;
using Eco.Host.Fleet;

namespace Eco.Host.Chaos;

/// <summary>
/// An operator of one ION: submits versions of it, pauses and resumes it, each command again and again, to any server, until one says that it is
/// done. It gives the next command only after the last one, and after every copy of it that may still be under way.
/// </summary>
internal sealed class ChaosClient(int ion, EcoFleet fleet, ChaosLog log, Random random, TimeProvider time)
{
    private static readonly TimeSpan LongestEcho = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(500);
    private readonly List<ClientCommand> _given = [];

    /// <summary>What was given so far, in order; all but the last are accepted.</summary>
    public IReadOnlyList<ClientCommand> Given => _given;

    /// <summary>The ION's id.</summary>
    public string Ion { get; } = CampaignLayout.IonName(ion);

    /// <summary>Gives commands until it is told to end; the one at hand is carried through.</summary>
    /// <param name="ended">The faults are over.</param>
    /// <param name="stop">Gives up.</param>
    public async Task RunAsync(CancellationToken ended, CancellationToken stop)
    {
        await GiveAsync(ClientVerb.Submit, stop).ConfigureAwait(false);
        while (await PausedAsync(TimeSpan.FromSeconds(random.Next(8, 25)), ended).ConfigureAwait(false))
        {
            if (random.Next(4) > 0)
            {
                await GiveAsync(ClientVerb.Submit, stop).ConfigureAwait(false);
                continue;
            }

            await GiveAsync(ClientVerb.Pause, stop).ConfigureAwait(false);
            await PausedAsync(TimeSpan.FromSeconds(random.Next(2, 5)), ended).ConfigureAwait(false);
            await GiveAsync(ClientVerb.Resume, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the load: the pipelines rest from here on.</summary>
    public Task RestAsync(CancellationToken stop) => GiveAsync(ClientVerb.Pause, stop);

    private async Task GiveAsync(ClientVerb verb, CancellationToken stop)
    {
        if (_given.LastOrDefault() is { Attempts: > 1 })
        {
            await Polling.PauseAsync(LongestEcho, time, stop).ConfigureAwait(false);
        }

        var command = new ClientCommand(ion, verb, _given.Count + 1);
        _given.Add(command);
        while (!command.IsAccepted)
        {
            command.Attempts++;
            HostNode server = fleet.Servers[random.Next(fleet.Servers.Length)];
            ConsoleReply? reply = await AskAsync(server, command, stop).ConfigureAwait(false);
            if (reply is { Error: null })
            {
                command.IsAccepted = true;
                log.Say(string.Create(CultureInfo.InvariantCulture, $"{verb} {command.Number} of {Ion} accepted by {server.Name} (attempt {command.Attempts})"));
            }
            else
            {
                await Polling.PauseAsync(AskAgain, time, stop).ConfigureAwait(false);
            }
        }
    }

    private async Task<ConsoleReply?> AskAsync(HostNode server, ClientCommand command, CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(AnswerWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
        ImmutableSortedDictionary<string, string> none = ImmutableSortedDictionary<string, string>.Empty;
        try
        {
            return await (command.Verb switch
            {
                ClientVerb.Submit => server.TryAskAsync(ConsoleVerbs.IonSubmit, none.Add("file", "chaos.conf"), Text(command.Number), either.Token),
                ClientVerb.Pause => server.TryAskAsync(ConsoleVerbs.IonPause, none.Add("ion", Ion), null, either.Token),
                _ => server.TryAskAsync(ConsoleVerbs.IonResume, none.Add("ion", Ion), null, either.Token),
            }).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return null;
        }
        catch (IOException)
        {
            // It was killed while it answered: nobody knows whether the command was carried out, so it is given again.
            return null;
        }
    }

    private async Task<bool> PausedAsync(TimeSpan pause, CancellationToken ended)
    {
        try
        {
            await Polling.PauseAsync(pause, time, ended).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    // Versions differ in the pace of the pipelines, so that each is a change.
    private string Text(int version) => string.Create(CultureInfo.InvariantCulture, $$"""
        ion {
          id = {{Ion}}
          nodes {
            edge {
              engine = online
              on { role = edge }
              run { continuous { every = {{ChaosOptions.StepMilliseconds + version}}ms } }
              components {
                source { type = source.moving-clusters, clusters = 1, edge = "label:edge", seed = {{(1000 * ion) + version}}, batches = 1000000, points = 1 }
                learn { type = train.kmeans, from = source, clusters = 1, emit-every = 1 }
                error { type = evaluate.centre-error, from { rows = source, model = learn } }
              }
            }
            merge {
              engine = online
              on { role = cloud, limit = 1 }
              run { event { signal = model } }
              rounds { quorum = {{ChaosOptions.Quorum}}, deadline = 2s, late = fold }
              components { combine { type = merge.kmeans } }
            }
          }
          links = [
            { from = edge.learn, to = merge.combine, signal = model }
            { from = merge.combine, to = edge.learn, signal = model }
          ]
        }
        """);
}
