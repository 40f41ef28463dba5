using System.Collections.Immutable;
using Eco.Actors.Models;
using Eco.Runtime.Persistence;

namespace Eco.Actors.Ions.Rounds;

/// <summary>
/// The merge rounds of one ION node. A round opens with the first update, takes one update of each expected agent, and closes once:
/// when all are there, or at its deadline if the quorum is. While its merge runs the next one may already collect.
/// </summary>
/// <param name="Last">The number of the newest round; 0 before the first.</param>
/// <param name="Open">The round that collects, if there is one.</param>
/// <param name="Merging">The round whose merge was asked for, if there is one.</param>
/// <param name="Missing">Agents that the last closed round went without.</param>
/// <param name="ClosedAt">When the last round closed.</param>
public sealed record MergeRoundsState(
    long Last,
    OpenRound? Open,
    MergingRound? Merging,
    ImmutableArray<string> Missing,
    HybridTimestamp? ClosedAt)
{
    /// <summary>Before the first round.</summary>
    public static MergeRoundsState Empty { get; } = new(0, null, null, [], null);

    /// <summary>Whether nothing is open and nothing is being merged.</summary>
    public bool IsIdle => Open is null && Merging is null;

    /// <summary>An update has arrived.</summary>
    /// <param name="update">The update.</param>
    /// <param name="rules">Quorum, deadline, late updates.</param>
    /// <param name="expected">The agents whose updates are expected now.</param>
    public ImmutableArray<object> Receive(RoundUpdate update, MergeRounds rules, ImmutableArray<string> expected)
    {
        ArgumentNullException.ThrowIfNull(update);
        ArgumentNullException.ThrowIfNull(rules);
        bool late = ClosedAt is { } closed && update.EmittedAt < closed && Missing.Contains(update.Agent);
        if (late && rules.Late == LateUpdatePolicy.Discard)
        {
            long missed = Open is null ? Last : Last - 1;
            return [new UpdateLeftOut(missed, update.Agent, update.Model.Hash, $"late: emitted before round {missed} closed")];
        }

        if (Open is { } open)
        {
            RoundUpdate? earlier = open.Received.GetValueOrDefault(update.Agent);
            return earlier is not null && earlier.Emission >= update.Emission
                ? [new UpdateLeftOut(open.Round, update.Agent, update.Model.Hash, $"older than emission {earlier.Emission}, which counts")]
                : [new UpdateReceived(open.Round, update)];
        }

        long round = Last + 1;
        return [new RoundOpened(round, expected), new UpdateReceived(round, update)];
    }

    /// <summary>The deadline of a round has passed.</summary>
    public ImmutableArray<object> PassDeadline(long round) =>
        Open is { } open && open.Round == round && !open.Overdue ? [new RoundOverdue(round)] : [];

    /// <summary>
    /// Whether the open round has to close now. To be asked after each change: an update, a deadline, a merge's end, an agent that no
    /// longer takes part.
    /// </summary>
    /// <param name="rules">Quorum, deadline, late updates.</param>
    /// <param name="expected">The agents whose updates are expected now.</param>
    /// <param name="merger">The agent that would merge; null if none can.</param>
    /// <param name="now">The time of closing.</param>
    public ImmutableArray<object> TryClose(
        MergeRounds rules,
        ImmutableArray<string> expected,
        string? merger,
        HybridTimestamp now)
    {
        ArgumentNullException.ThrowIfNull(rules);
        if (Open is not { } open || Merging is not null)
        {
            return [];
        }

        bool complete = expected.All(open.Received.ContainsKey);
        int quorum = rules.Quorum == 0 ? Math.Max(1, expected.Length) : rules.Quorum;
        if (!complete && !open.Overdue)
        {
            return [];
        }

        if (open.Received.Count < quorum)
        {
            // Complete without a quorum: agents left the round; nobody else will come.
            return [new RoundVoided(open.Round, $"{open.Received.Count} of {quorum} needed updates came in time", now)];
        }

        return merger is null
            ? []
            : [new RoundClosed(open.Round, [.. open.Received.Keys], merger, now)];
    }

    /// <summary>A merge has returned its result; only the first one for the round that merges counts.</summary>
    public ImmutableArray<object> Merge(long round, ModelReference model) =>
        Merging is { } merging && merging.Round == round
            ? [new RoundMerged(round, [.. merging.Updates.Select(update => update.Model.Hash)], model)]
            : [];

    /// <summary>A merge has failed for good.</summary>
    public ImmutableArray<object> Fail(long round, string reason, HybridTimestamp now) =>
        Merging is { } merging && merging.Round == round ? [new RoundVoided(round, $"the merge failed: {reason}", now)] : [];

    /// <summary>The state after one of this folder's events; other events leave it as it is.</summary>
    public MergeRoundsState Apply(object @event) => @event switch
    {
        RoundOpened e => this with
        {
            Last = e.Round,
            Open = new OpenRound(e.Round, e.Expected, ImmutableSortedDictionary<string, RoundUpdate>.Empty, false),
        },
        UpdateReceived e when Open is { } open => this with
        {
            Open = open with { Received = open.Received.SetItem(e.Update.Agent, e.Update) },
        },
        RoundOverdue when Open is { } open => this with { Open = open with { Overdue = true } },
        RoundClosed e when Open is { } open => this with
        {
            Open = null,
            Merging = new MergingRound(e.Round, e.Merger, [.. open.Received.Values]),
            Missing = [.. open.Expected.Where(agent => !open.Received.ContainsKey(agent))],
            ClosedAt = e.ClosedAt,
        },
        RoundVoided e when Open is { } open && open.Round == e.Round => this with
        {
            Open = null,
            Missing = [.. open.Expected.Where(agent => !open.Received.ContainsKey(agent))],
            ClosedAt = e.ClosedAt,
        },

        // A merge that failed: its round took its last update when it closed, and what came since belongs to the next one.
        RoundVoided e when Merging?.Round == e.Round => this with { Merging = null },
        RoundMerged => this with { Merging = null },
        _ => this,
    };
}

/// <summary>A round that collects.</summary>
/// <param name="Round">Its number.</param>
/// <param name="Expected">The agents that were expected when it opened.</param>
/// <param name="Received">The update of each agent that counts.</param>
/// <param name="Overdue">Whether its deadline has passed.</param>
public sealed record OpenRound(
    long Round,
    ImmutableArray<string> Expected,
    ImmutableSortedDictionary<string, RoundUpdate> Received,
    bool Overdue);

/// <summary>A round whose merge was asked for.</summary>
/// <param name="Round">Its number.</param>
/// <param name="Merger">The agent that merges.</param>
/// <param name="Updates">What is merged, in order of agents.</param>
public sealed record MergingRound(long Round, string Merger, ImmutableArray<RoundUpdate> Updates);
