using Eco.Runtime.Persistence;

namespace Eco.Actors;

/// <summary>
/// The stable names of all that the domain journals and sends. A name is never reused for another meaning; a change of form that old
/// readers could not take gets a new version.
/// </summary>
public static class EcoManifests
{
    /// <summary>The closed registry of the domain.</summary>
    public static MessageRegistry Registry { get; } = Build();

    private static MessageRegistry Build()
    {
        EcoJsonContext json = EcoJsonContext.Default;
        var builder = new MessageRegistry.Builder();
        AddAgent(builder, json);
        AddCommand(builder, json);
        AddReport(builder, json);
        AddIon(builder, json);
        AddNode(builder, json);
        AddMerge(builder, json);
        AddModel(builder, json);
        AddInstance(builder, json);
        AddAsk(builder, json);
        return builder.Build();
    }

    private static void AddAgent(MessageRegistry.Builder builder, EcoJsonContext json) => builder
        .Add("agent.join-requested/1", () => json.JoinRequested)
        .Add("agent.join-accepted/1", () => json.JoinAccepted)
        .Add("agent.join-refused/1", () => json.JoinRefused)
        .Add("agent.rejoin-requested/1", () => json.RejoinRequested)
        .Add("agent.incarnation-replaced/1", () => json.IncarnationReplaced)
        .Add("agent.incarnation-retired/1", () => json.IncarnationRetired)
        .Add("agent.report-queued/1", () => json.WaitingReportQueued)
        .Add("agent.report-superseded/1", () => json.WaitingReportSuperseded)
        .Add("agent.reports-released/1", () => json.WaitingReportsReleased)
        .Add("agent.heartbeat/1", () => json.Heartbeat)
        .Add("agent.status-requested/1", () => json.StatusRequested)
        .Add("agent.status-reported/1", () => json.StatusReported)
        .Add("agent.statistics-reported/1", () => json.StatisticsReported)
        .Add("agent.statistics-stored/1", () => json.StatisticsStored)
        .Add("agent.available/1", () => json.AgentAvailable)
        .Add("agent.track/1", () => json.TrackAgents)
        .Add("agent.untrack/1", () => json.UntrackAgents)
        .Add("agent.announced/1", () => json.AgentAnnounced)
        .Add("agent.listed/1", () => json.AgentListed)
        .Add("agent.tracking-changed/1", () => json.TrackingChanged)
        .Add("agent.directory-state/1", () => json.AgentDirectoryState)
        .Add("agent.joined/1", () => json.AgentJoined)
        .Add("agent.reachable/1", () => json.AgentReachable)
        .Add("agent.unreachable/1", () => json.AgentUnreachable)
        .Add("agent.command-queued/1", () => json.CommandQueued)
        .Add("agent.commands-released/1", () => json.CommandsReleased)
        .Add("agent.model-superseded/1", () => json.ModelSuperseded)
        .Add("agent.command-superseded/1", () => json.CommandSuperseded)
        .Add("agent.deployment-noted/1", () => json.DeploymentNoted)
        .Add("agent.deployment-dropped/1", () => json.DeploymentDropped)
        .Add("agent.proxy-state/1", () => json.AgentProxyState)
        .Add("agent.installation-made/1", () => json.InstallationMade)
        .Add("agent.incarnation-given/1", () => json.IncarnationGiven)
        .Add("agent.identity-state/1", () => json.AgentIdentityState)
        .Add("agent.node-placed/1", () => json.NodePlaced)
        .Add("agent.node-removed/1", () => json.NodeRemoved)
        .Add("agent.state/1", () => json.AgentState);

    // Commands of persons, from the server that was asked to the one that has the entity, and their answers. They travel between servers of
    // one version, or the next; none is ever journalled.
    private static void AddAsk(MessageRegistry.Builder builder, EcoJsonContext json) => builder
        .Add("ask.failed/1", () => json.AskFailed)
        .Add("ask.ready/1", () => json.AskReady)
        .Add("ask.list-agents/1", () => json.ListAgents)
        .Add("ask.agents-listed/1", () => json.AgentsListed)
        .Add("ask.submit-ion/1", () => json.SubmitIon)
        .Add("ask.pause-ion/1", () => json.PauseIon)
        .Add("ask.resume-ion/1", () => json.ResumeIon)
        .Add("ask.delete-ion/1", () => json.DeleteIon)
        .Add("ask.describe-ion/1", () => json.DescribeIon)
        .Add("ask.ion-accepted/1", () => json.IonAccepted)
        .Add("ask.ion-refused/1", () => json.IonRefused)
        .Add("ask.ion-described/1", () => json.IonDescribed)
        .Add("ask.decide-approval/1", () => json.DecideApproval)
        .Add("ask.approval-accepted/1", () => json.ApprovalAccepted)
        .Add("ask.query-status/1", () => json.QueryStatus)
        .Add("ask.replay-parked/1", () => json.ReplayParked)
        .Add("ask.drop-parked/1", () => json.DropParked)
        .Add("ask.parked-settled/1", () => json.ParkedSettled);

    private static void AddCommand(MessageRegistry.Builder builder, EcoJsonContext json) => builder
        .Add("command.deploy/1", () => json.DeployNode)
        .Add("command.undeploy/1", () => json.UndeployNode)
        .Add("command.pause/1", () => json.PauseNode)
        .Add("command.resume/1", () => json.ResumeNode)
        .Add("command.forget-events/1", () => json.ForgetEvents)
        .Add("command.deliver-model/1", () => json.DeliverModel)
        .Add("command.run/1", () => json.RunNode);

    private static void AddReport(MessageRegistry.Builder builder, EcoJsonContext json) => builder
        .Add("report.instance/1", () => json.InstanceReported)
        .Add("report.model-emitted/1", () => json.ModelEmitted)
        .Add("report.run-failed/1", () => json.RunFailed)
        .Add("report.model-taken/1", () => json.ModelTaken)
        .Add("report.model-refused/1", () => json.ModelRefused)
        .Add("report.notice/1", () => json.NoticeRaised)
        .Add("report.snapshot-taken/1", () => json.SnapshotTaken)
        .Add("report.statistics/1", () => json.StatisticsBrought);

    private static void AddIon(MessageRegistry.Builder builder, EcoJsonContext json) => builder
        .Add("ion.submitted/1", () => json.IonSubmitted)
        .Add("ion.hold-changed/1", () => json.IonHoldChanged)
        .Add("ion.deleted/1", () => json.IonDeleted)
        .Add("ion.agent-seen/1", () => json.IonAgentSeen)
        .Add("ion.nodes-mapped/1", () => json.NodesMapped)
        .Add("ion.node-finished/1", () => json.IonNodeFinished)
        .Add("ion.completed/1", () => json.IonCompleted)
        .Add("ion.state/1", () => json.IonState);

    private static void AddNode(MessageRegistry.Builder builder, EcoJsonContext json) => builder
        .Add("node.configure/1", () => json.ConfigureNode)
        .Add("node.hold/1", () => json.HoldNode)
        .Add("node.release/1", () => json.ReleaseNode)
        .Add("node.retire/1", () => json.RetireNode)
        .Add("node.finished/1", () => json.NodeFinished)
        .Add("node.upstream-changed/1", () => json.UpstreamChanged)
        .Add("node.signal/1", () => json.SignalSent)
        .Add("node.configured/1", () => json.NodeConfigured)
        .Add("node.hold-changed/1", () => json.NodeHoldChanged)
        .Add("node.retired/1", () => json.NodeRetired)
        .Add("node.feeder-moved/1", () => json.FeederMoved)
        .Add("node.completion-changed/1", () => json.NodeCompletionChanged)
        .Add("node.instance-moved/1", () => json.InstanceMoved)
        .Add("node.upstream-moved/1", () => json.UpstreamMoved)
        .Add("node.run-asked/1", () => json.RunAsked)
        .Add("node.run-abandoned/1", () => json.RunAbandoned)
        .Add("node.models-left-out/1", () => json.ModelsLeftOut)
        .Add("node.model-versioned/1", () => json.ModelVersioned)
        .Add("node.model-propagated/1", () => json.ModelPropagated)
        .Add("node.model-in-use/1", () => json.ModelInUse)
        .Add("node.model-turned-down/1", () => json.ModelTurnedDown)
        .Add("node.notice-seen/1", () => json.NoticeSeen)
        .Add("node.model-held/1", () => json.ModelHeld)
        .Add("node.model-decided/1", () => json.ModelDecided)
        .Add("node.state/1", () => json.IonNodeState);

    private static void AddMerge(MessageRegistry.Builder builder, EcoJsonContext json) => builder
        .Add("merge.round-opened/1", () => json.RoundOpened)
        .Add("merge.update-received/1", () => json.UpdateReceived)
        .Add("merge.update-left-out/1", () => json.UpdateLeftOut)
        .Add("merge.round-overdue/1", () => json.RoundOverdue)
        .Add("merge.round-closed/1", () => json.RoundClosed)
        .Add("merge.round-voided/1", () => json.RoundVoided)
        .Add("merge.round-merged/1", () => json.RoundMerged);

    private static void AddModel(MessageRegistry.Builder builder, EcoJsonContext json) => builder
        .Add("model.register/1", () => json.RegisterModel)
        .Add("model.registered/1", () => json.ModelRegistered)
        .Add("model.mark/1", () => json.MarkModel)
        .Add("model.submitted/1", () => json.ModelSubmitted)
        .Add("model.added/1", () => json.ModelAdded)
        .Add("model.marked/1", () => json.ModelMarked)
        .Add("model.registry-state/1", () => json.ModelRegistryState);

    private static void AddInstance(MessageRegistry.Builder builder, EcoJsonContext json) => builder
        .Add("instance.placed/1", () => json.InstancePlaced)
        .Add("instance.removed/1", () => json.InstanceRemoved)
        .Add("instance.hold-changed/1", () => json.InstanceHoldChanged)
        .Add("instance.life-cycle-moved/1", () => json.LifeCycleMoved)
        .Add("instance.checkpoint-taken/1", () => json.CheckpointTaken)
        .Add("instance.models-emitted/1", () => json.ModelsEmitted)
        .Add("instance.report-held/1", () => json.ReportHeld)
        .Add("instance.reports-released/1", () => json.ReportsReleased)
        .Add("instance.emission-left-out/1", () => json.EmissionLeftOut)
        .Add("instance.model-arrived/1", () => json.ModelArrived)
        .Add("instance.model-applied/1", () => json.ModelApplied)
        .Add("instance.model-declined/1", () => json.ModelDeclined)
        .Add("instance.run-accepted/1", () => json.RunAccepted)
        .Add("instance.run-settled/1", () => json.RunSettled)
        .Add("instance.schedule-fired/1", () => json.ScheduleFired)
        .Add("instance.scheduled-run-ended/1", () => json.ScheduledRunEnded)
        .Add("instance.state/1", () => json.NodeInstanceState);
}
