using System.Collections.Immutable;
using Eco.Runtime.Cluster;

namespace Eco.Actors.Agents.Instances;

/// <summary>
/// Keeps reports in order while the bytes of a model are on their way to the server: a report that names a model by its hash alone is sent when the server has the bytes, and
/// what an instance says after it that must not overtake it waits behind it, in the instance's own state, through restarts and long disconnections. Pure functions.
/// </summary>
internal static class HeldReportDecisions
{
    /// <summary>Turns those sends of a decision that have to wait into events, in order.</summary>
    public static Decision Hold(NodeInstanceState state, Decision decision, string agentEntity)
    {
        // What a decision releases goes; only what comes after it can have to wait.
        NodeInstanceState after = decision.Events.Aggregate(state, (current, e) => current.Apply(e));
        if (after.HeldReports is null && !decision.Sends.Any(send => send.Receiver == agentEntity && NamesArtifact(send.Message)))
        {
            return decision;
        }

        bool releases = decision.Events.Any(e => e is ReportsReleased or EmissionLeftOut);
        Decision held = decision with { Sends = [] };
        foreach (DurableSend send in decision.Sends)
        {
            if (releases || send.Receiver != agentEntity || send.Message is not AgentReport report || !HasToWait(after, report))
            {
                held = held with { Sends = held.Sends.Add(send) };
                continue;
            }

            foreach (object e in Queue(after, report))
            {
                held = e is RunFailed failed ? held.Send(agentEntity, failed) : held.And(e);
                after = e is RunFailed ? after : after.Apply(e);
            }
        }

        return held;
    }

    /// <summary>The bytes of the first report are at the server: it is sent, and so is what follows up to the next one that has to wait.</summary>
    public static Decision Release(NodeInstanceState state, string agentEntity, long emission) =>
        IsFirst(state, emission) ? Release(state, Decision.Nothing, agentEntity, skip: 1) : Decision.Nothing;

    /// <summary>The bytes of the first report will never be at the server: it is left out, and what waits behind it goes on.</summary>
    public static Decision GiveUp(NodeInstanceState state, string agentEntity, UploadGivenUp upload)
    {
        if (!IsFirst(state, upload.Emission))
        {
            return Decision.Nothing;
        }

        var emitted = (ModelEmitted)state.HeldReports!.Value[0];
        var leftOut = new EmissionLeftOut(emitted.Component, emitted.Emission, emitted.Model.Hash, upload.Reason);
        Decision decision = Decision.Of(leftOut);
        if (emitted.RunId > 0)
        {
            decision = decision.Send(agentEntity, new RunFailed(emitted.Ion, emitted.Node, emitted.Agent, emitted.RunId, upload.Reason));
        }

        return Release(state.Apply(leftOut), decision, agentEntity, skip: 0);
    }

    private static Decision Release(NodeInstanceState state, Decision decision, string agentEntity, int skip)
    {
        ImmutableArray<AgentReport> reports = state.HeldReports ?? [];
        int count = skip + reports.Skip(skip).TakeWhile(report => !NamesArtifact(report)).Count();
        if (count == 0)
        {
            return decision;
        }

        long leftOut = state.LeftOut;
        decision = decision.And(new ReportsReleased(count));
        foreach (AgentReport report in reports[..count])
        {
            if (report is ModelEmitted emitted)
            {
                decision = decision.Send(agentEntity, emitted with { LeftOut = leftOut });
                leftOut = 0;
            }
            else
            {
                decision = decision.Send(agentEntity, report);
            }
        }

        return decision;
    }

    private static bool IsFirst(NodeInstanceState state, long emission) =>
        state.HeldReports is [ModelEmitted first, ..] && first.Emission == emission;

    private static bool NamesArtifact(object message) => message is ModelEmitted { Model.Content: null };

    // Notices, statistics and what became of delivered models say nothing about emissions, and are not kept waiting for them.
    private static bool HasToWait(NodeInstanceState state, AgentReport report) =>
        NamesArtifact(report) || (state.HeldReports is not null && report is (ModelEmitted or InstanceReported or RunFailed or SnapshotTaken));

    private static IEnumerable<object> Queue(NodeInstanceState state, AgentReport report)
    {
        yield return new ReportHeld(report);

        // The first is on its way: were it left out for each newer one, a link slower than the models come would never bring any.
        ModelEmitted[] behind = [.. (state.HeldReports ?? []).Skip(1).OfType<ModelEmitted>()];
        if (report is ModelEmitted { RunId: 0 } newer && state.Deployment?.NewestModelOf?.Contains(newer.Component) == true)
        {
            foreach (ModelEmitted older in behind.Where(older => older.RunId == 0 && older.Component == newer.Component))
            {
                yield return new EmissionLeftOut(
                    older.Component, older.Emission, older.Model.Hash, FormattableString.Invariant($"superseded by emission {newer.Emission} before it was uploaded"));
            }
        }
        else if (state.HeldReports?.Length >= NodeInstanceState.MaximumHeldReports && behind.FirstOrDefault() is { } oldest)
        {
            string reason = FormattableString.Invariant($"{NodeInstanceState.MaximumHeldReports} reports wait for uploads");
            yield return new EmissionLeftOut(oldest.Component, oldest.Emission, oldest.Model.Hash, reason);
            if (oldest.RunId > 0)
            {
                yield return new RunFailed(oldest.Ion, oldest.Node, oldest.Agent, oldest.RunId, reason);
            }
        }
    }
}
