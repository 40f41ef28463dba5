using System.Collections.Immutable;
using System.Globalization;
using Eco.Actors.Agents.Proxies;
using Eco.Actors.Ions;
using Eco.Actors.Ions.Nodes;
using Eco.Actors.Ions.Rounds;
using Eco.Actors.Models;

namespace Eco.Actors.Timeline;

/// <summary>What each of the server's events means to the timeline: a pure function, so that the timeline can be rebuilt at any time.</summary>
public static class TimelineProjection
{
    /// <summary>The changes of one event.</summary>
    /// <param name="entityId">The entity that journalled it.</param>
    /// <param name="event">The decoded event.</param>
    /// <returns>The changes, in order; none for events that only matter to their entity.</returns>
    public static ImmutableArray<TimelineChange> Project(string entityId, object @event)
    {
        string[] path = entityId.Split('/');
        return path switch
        {
            ["ion", var ion] => Ion(ion, @event),
            ["ion", var ion, var node] => Node(ion, node, @event),
            ["models", var ion] => Models(ion, @event),
            ["proxy", var agent] => Proxy(agent, @event),
            _ => [],
        };
    }

    private static ImmutableArray<TimelineChange> Ion(string ion, object @event) => @event switch
    {
        IonSubmitted e => [
            new IonChanged(ion, e.Version, "running", e.Definition.Title, e.Source),
            .. e.Definition.Nodes.Where(node => node.Policy is not null)
                .Select(node => new InstanceChanged(ion, node.Name, string.Empty, "running", Name(node.Policy!.Kind) + " policy")),
            Note("ion-submitted", ion, null, null, $"version {e.Version}: {string.Join("; ", e.Changes)}"),
        ],
        IonHoldChanged e => [
            new IonChanged(ion, 0, e.Held ? "paused" : "running", string.Empty, string.Empty),
            Note(e.Held ? "ion-paused" : "ion-resumed", ion, null, null, e.Held ? "paused" : "resumed"),
        ],
        IonDeleted => [
            new IonChanged(ion, 0, "deleted", string.Empty, string.Empty),
            Note("ion-deleted", ion, null, null, "deleted; its history stays"),
        ],
        NodesMapped e => [.. e.Agents.Select(entry => Note(
            "node-mapped",
            ion,
            entry.Key,
            null,
            entry.Value.IsEmpty ? "no agent meets its selector" : "maps to " + string.Join(", ", entry.Value)))],
        IonCompleted => [
            new IonChanged(ion, 0, "completed", string.Empty, string.Empty),
            Note("ion-completed", ion, null, null, "every node has finished"),
        ],
        IonNodeFinished { Finished: true } e => [Note("node-finished", ion, e.Node, null, "nothing is left to do")],
        _ => [],
    };

    private static ImmutableArray<TimelineChange> Node(string ion, string node, object @event) => @event switch
    {
        InstanceMoved e => [
            new InstanceChanged(ion, node, e.Agent, Name(e.State), e.Detail),
            Note("instance-" + Name(e.State), ion, node, e.Agent, e.Detail.Length == 0 ? Name(e.State) : e.Detail),
        ],
        NodeRetired => [
            new InstanceChanged(ion, node, "*", "removed", string.Empty),
            Note("node-removed", ion, node, null, "removed"),
        ],
        RoundOpened e => [
            new RoundChanged(ion, node, e.Round, "open", e.Expected.Length, 0, null),
            Note("round-opened", ion, node, null, $"round {Number(e.Round)} expects {e.Expected.Length} updates"),
        ],
        UpdateReceived e => [
            Note("update-received", ion, node, e.Update.Agent, $"round {Number(e.Round)}: update {Short(e.Update.Model.Hash)}"),
        ],
        UpdateLeftOut e => [
            Note("update-left-out", ion, node, e.Agent, $"round {Number(e.Round)}: update {Short(e.Hash)} left out, {e.Reason}"),
        ],
        RoundOverdue e => [Note("round-overdue", ion, node, null, $"round {Number(e.Round)} has passed its deadline")],
        RoundClosed e => [
            new RoundChanged(ion, node, e.Round, "merging", 0, e.Participants.Length, null),
            Note("round-closed", ion, node, e.Merger, $"round {Number(e.Round)}: {e.Participants.Length} updates go to the merge on {e.Merger}"),
        ],
        RoundVoided e => [
            new RoundChanged(ion, node, e.Round, "void", 0, 0, null),
            Note("round-void", ion, node, null, $"round {Number(e.Round)} is void: {e.Reason}"),
        ],
        RoundMerged e => [
            new RoundChanged(ion, node, e.Round, "merged", 0, e.Parents.Length, e.Model.Hash),
            Note("round-merged", ion, node, null, $"round {Number(e.Round)} gave model {Short(e.Model.Hash)}"),
        ],
        RunAsked e => [Note("run-asked", ion, node, null, $"run {Number(e.RunId)}: {e.Cause}")],
        RunAbandoned e => [Note("run-failed", ion, node, e.Agent, $"run {Number(e.RunId)}: {e.Reason}")],
        ModelsLeftOut e => [
            Note("models-left-out", ion, node, e.Agent, $"{Number(e.Count)} models before emission {Number(e.Before)} were left out: replaced or given up before they were sent"),
        ],
        ModelInUse e => [
            new ModelDeployedTo(ion, node, e.Agent, e.Model, e.Version, e.Hash),
            Note("model-applied", ion, node, e.Agent, $"{e.Component} uses {e.Model} version {Number(e.Version)} ({Short(e.Hash)})"),
        ],
        ModelTurnedDown e => [
            Note("model-refused", ion, node, e.Agent, $"{e.Component} refused {e.Model} version {Number(e.Version)}: {e.Reason}"),
        ],
        NoticeSeen e => [Note(Name(e.Kind), ion, node, e.Agent, $"{e.Component}: {e.Text}")],
        ModelHeld e => [
            Note("model-waiting", ion, node, null, $"{e.Model.Name} version {Number(e.Model.Version)} waits for a decision"),
        ],
        ModelDecided e => [
            new ApprovalRecorded(ion, e.Model.Name, e.Model.Version, e.Approved ? "approved" : "rejected", e.By, e.Reason),
            Note(
                e.Approved ? "model-approved" : "model-rejected",
                ion,
                node,
                null,
                $"{e.Model.Name} version {Number(e.Model.Version)} {(e.Approved ? "approved" : "rejected")} by {e.By}"
                    + (e.Reason.Length == 0 ? string.Empty : $": {e.Reason}")),
        ],
        _ => [],
    };

    private static ImmutableArray<TimelineChange> Models(string ion, object @event) => @event switch
    {
        ModelAdded e => [
            new ModelChanged(ion, e.Model.Name, e.Model.Version, e.Model.Hash, e.Model.Kind, "candidate", e.Model.Size()),
            .. e.Parents.Select(parent => new LineageAdded(e.Model.Hash, parent, e.Model.Name)),
            Note("model-registered", ion, null, null, $"{e.Model.Name} version {Number(e.Model.Version)} is {Short(e.Model.Hash)}"),
        ],
        ModelMarked e => [new ModelChanged(ion, e.Name, e.Version, e.Hash, string.Empty, Name(e.State), 0)],
        _ => [],
    };

    private static ImmutableArray<TimelineChange> Proxy(string agent, object @event) => @event switch
    {
        AgentJoined e => [
            new AgentChanged(agent, e.Profile.Site, e.Profile.Role, e.Profile.Labels, e.Profile.Engines, e.Incarnation, true),
            Note("agent-joined", null, null, agent, $"incarnation {Number(e.Incarnation)}, role {e.Profile.Role}, site {e.Profile.Site}"),
        ],
        AgentReachable => [
            new AgentReachabilityChanged(agent, true),
            Note("agent-reachable", null, null, agent, "heard of again"),
        ],
        AgentUnreachable e => [
            new AgentReachabilityChanged(agent, false),
            Note("agent-unreachable", null, null, agent, $"not heard of since {e.Since}; its pipelines go on, its commands wait"),
        ],
        ModelSuperseded e => [
            Note("model-superseded", e.Ion, e.Node, agent, $"{e.Model} version {Number(e.Version)} was never sent: version {Number(e.By)} is newer"),
        ],
        CommandSuperseded e => [
            Note("command-superseded", e.Ion, e.Node, agent, $"{e.Command} was never sent: a later command made it moot"),
        ],
        _ => [],
    };

    private static EventNoted Note(string kind, string? ion, string? node, string? agent, string text) => new(kind, ion, node, agent, text);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Short(string hash) => hash.Length > 12 ? hash[..12] : hash;

    private static string Name<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
