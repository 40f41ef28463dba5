using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Eco.Actors.Models;

namespace Eco.Actors.Agents.Instances;

/// <summary>The life cycle of one ION node on one agent.</summary>
/// <param name="Deployment">What to run; null when there is nothing.</param>
/// <param name="Seed">The pipeline's seed.</param>
/// <param name="Held">Whether it takes no steps for now.</param>
/// <param name="LifeCycle">Where it is.</param>
/// <param name="Detail">Why.</param>
/// <param name="Failures">Failures in a row.</param>
/// <param name="Checkpoint">Where a relaunch goes on; null to start afresh.</param>
/// <param name="Emissions">Models emitted so far.</param>
/// <param name="Arrived">The newest model that waits for each component.</param>
/// <param name="InUse">The version that each component uses.</param>
/// <param name="SinceCheckpoint">Models applied since the checkpoint, in order.</param>
/// <param name="Runs">Runs to be made, in order.</param>
/// <param name="LastRun">The highest run id accepted.</param>
/// <param name="LastFiring">The schedule's last firing.</param>
/// <param name="Firing">The firing whose run goes on.</param>
/// <param name="HeldReports">Reports that wait, in order: the first names a model whose bytes are not at the server yet. Null if there are none.</param>
/// <param name="LeftOut">Emissions that were left out since the last one that was sent.</param>
public sealed record NodeInstanceState(
    DeployNode? Deployment,
    ulong Seed,
    bool Held,
    InstanceState LifeCycle,
    string Detail,
    int Failures,
    StoredCheckpoint? Checkpoint,
    long Emissions,
    ImmutableSortedDictionary<string, ModelReference> Arrived,
    ImmutableSortedDictionary<string, long> InUse,
    ImmutableArray<AppliedModel> SinceCheckpoint,
    ImmutableArray<RunNode> Runs,
    long LastRun,
    DateTimeOffset? LastFiring,
    DateTimeOffset? Firing,
    ImmutableArray<AgentReport>? HeldReports = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long LeftOut = 0)
{
    /// <summary>So many reports may wait for uploads; beyond them the oldest model but the one under way is left out.</summary>
    public const int MaximumHeldReports = 1000;

    /// <summary>So many runs may wait; the oldest beyond are given up, with a reason.</summary>
    public const int MaximumWaitingRuns = 1000;

    /// <summary>Before any event.</summary>
    public static NodeInstanceState Empty { get; } = new(
        null,
        0,
        false,
        InstanceState.Pending,
        string.Empty,
        0,
        null,
        0,
        ImmutableSortedDictionary<string, ModelReference>.Empty,
        ImmutableSortedDictionary<string, long>.Empty,
        [],
        [],
        0,
        null,
        null);

    /// <summary>Whether a pipeline should be there.</summary>
    public bool WantsPipeline => Deployment is not null
        && LifeCycle is not (InstanceState.Succeeded or InstanceState.Quarantined or InstanceState.Stopped);

    /// <summary>The state after an event.</summary>
    public NodeInstanceState Apply(object @event) => @event switch
    {
        InstancePlaced e => Empty with
        {
            Deployment = e.Deployment,
            Seed = e.Seed,
            Held = Held,
            Emissions = Emissions,
            Runs = Runs,
            LastRun = LastRun,
            LastFiring = LastFiring,
            HeldReports = HeldReports,
            LeftOut = LeftOut,
        },
        InstanceRemoved => Empty with { Emissions = Emissions, LastRun = LastRun, LeftOut = LeftOut + HeldModels().Count() },
        InstanceHoldChanged e => this with { Held = e.Held },
        LifeCycleMoved e => this with { LifeCycle = e.State, Detail = e.Detail, Failures = e.Failures },
        CheckpointTaken e => this with { Checkpoint = e.Checkpoint, SinceCheckpoint = [] },
        ModelsEmitted e => this with { Emissions = Emissions + e.Count },
        ReportHeld e => this with { HeldReports = [.. HeldReports ?? [], e.Report] },
        ReportsReleased e => this with
        {
            LeftOut = HeldReports!.Value.Take(e.Count).Any(report => report is ModelEmitted) ? 0 : LeftOut,
            HeldReports = WithoutHeld(HeldReports.Value.RemoveRange(0, e.Count)),
        },
        EmissionLeftOut e => this with
        {
            LeftOut = LeftOut + 1,
            HeldReports = WithoutHeld(HeldReports!.Value.RemoveAll(report => report is ModelEmitted emitted && emitted.Emission == e.Emission)),
        },
        ModelArrived e => this with { Arrived = Arrived.SetItem(e.Component, e.Model) },
        ModelApplied e => this with
        {
            Arrived = Without(e.Component, e.Model.Version),
            InUse = InUse.SetItem(e.Component, e.Model.Version),
            SinceCheckpoint = SinceCheckpoint.Add(new AppliedModel(e.Component, e.Model, e.AtStep)),
        },
        ModelDeclined e => this with { Arrived = Without(e.Component, e.Version) },
        RunAccepted e => this with { Runs = Runs.Add(e.Run), LastRun = Math.Max(LastRun, e.Run.RunId) },
        RunSettled e => this with { Runs = Runs.RemoveAll(run => run.RunId == e.RunId) },
        ScheduleFired e => this with { LastFiring = e.At, Firing = e.At },
        ScheduledRunEnded => this with { Firing = null },
        _ => this,
    };

    /// <summary>The models among the reports that wait.</summary>
    public IEnumerable<ModelEmitted> HeldModels() => (HeldReports ?? []).OfType<ModelEmitted>();

    private static ImmutableArray<AgentReport>? WithoutHeld(ImmutableArray<AgentReport> reports) => reports.IsEmpty ? null : reports;

    private ImmutableSortedDictionary<string, ModelReference> Without(string component, long version) =>
        Arrived.GetValueOrDefault(component)?.Version == version ? Arrived.Remove(component) : Arrived;
}
