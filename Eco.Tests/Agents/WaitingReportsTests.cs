using Eco.Actors.Agents;
using Eco.Actors.Ions;
using Eco.Tests.Ions;
using Eco.Actors.Models;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;
using NUnit.Framework;

namespace Eco.Tests.Agents;

public sealed class WaitingReportsTests
{
    private const string Proxy = "proxy/e1";
    private const int AtMost = 4;
    private AgentState _state = AgentState.Empty;

    [SetUp]
    public void Begin() => _state = AgentState.Empty;

    [Test]
    public void Report_WhileThereIsRoom_IsSent()
    {
        Assert.That(Take(Model(1), AtMost - 1).Sent<ModelEmitted>(Proxy).Count(), Is.EqualTo(1));
        Assert.That(_state.Waiting, Is.Null);
    }

    [Test]
    public void Model_WhenItWaits_IsSupersededByANewerOneThatCountsIt()
    {
        for (int emission = 1; emission <= 1000; emission++)
        {
            Decision decision = Take(Model(emission), AtMost);
            Assert.That(decision.Sends, Is.Empty);
            Assert.That(decision.Events.OfType<WaitingReportSuperseded>().Count(), Is.EqualTo(emission == 1 ? 0 : 1));
        }

        Take(Model(7, "other"), AtMost);
        ModelEmitted[] waiting = [.. _state.Waiting!.Value.Cast<ModelEmitted>()];
        Assert.That(waiting.Select(model => (model.Component, model.Emission, model.LeftOut)), Is.EqualTo(new[] { ("learn", 1000L, 999L), ("other", 7L, 0L) }));
    }

    [Test]
    public void Reports_WhenTheyWait_KeepTheirOrderAndOnlyTheNewestOfEachKind()
    {
        Take(State(InstanceState.Failed), AtMost);
        Take(Model(1), AtMost);
        Take(new ModelTaken("f", "edge", "e1", "learn", "m", 1, "h"), AtMost);
        Take(new ModelTaken("f", "edge", "e1", "learn", "m", 2, "h"), AtMost);
        Take(Run(1), AtMost);
        Take(Run(2), AtMost);
        Take(new SnapshotTaken("f", "edge", "e1", 500), AtMost);
        Take(new SnapshotTaken("f", "edge", "e1", 1000), AtMost);
        Take(Model(2), AtMost);
        Take(State(InstanceState.Running), AtMost);
        for (int i = 0; i < 100; i++)
        {
            Take(new NoticeRaised("f", "edge", "e1", "learn", SignalKind.Alert, $"{i}"), AtMost);
        }

        Assert.That(
            _state.Waiting!.Value.Take(7).Select(report => report.GetType().Name),
            Is.EqualTo(new[]
            {
                nameof(ModelTaken), nameof(ModelTaken), nameof(ModelEmitted), nameof(ModelEmitted), nameof(SnapshotTaken), nameof(ModelEmitted), nameof(InstanceReported),
            }));
        Assert.That(
            _state.Waiting!.Value.Skip(7).Cast<NoticeRaised>().Select(notice => notice.Text),
            Is.EqualTo(Enumerable.Range(100 - WaitingReports.NoticesOfAComponent, WaitingReports.NoticesOfAComponent).Select(i => $"{i}")));
    }

    [Test]
    public void Reports_WhenThereIsRoomAgain_GoInOrderAndLetLaterOnesFollow()
    {
        Take(Run(1), AtMost);
        Take(Run(2), AtMost);
        Take(Run(3), AtMost);
        Assert.That(Take(Run(4), 0).Sends, Is.Empty, "nothing overtakes what waits");

        Assert.That(Release(AtMost).Events, Is.Empty);
        Assert.That(Release(AtMost - 3).Sent<ModelEmitted>(Proxy).Select(model => model.RunId), Is.EqualTo(new[] { 1L, 2L, 3L }));
        Assert.That(Release(0).Sent<ModelEmitted>(Proxy).Select(model => model.RunId), Is.EqualTo(new[] { 4L }));
        Assert.That(_state.Waiting, Is.Null);
    }

    private static ModelEmitted Model(long emission, string component = "learn", long run = 0) => new(
        "f", "edge", "e1", component, emission, run, new ModelReference($"edge.{component}", 0, "h", "kmeans", 1, []), new HybridTimestamp(emission, 0, "e1"));

    private static ModelEmitted Run(long run) => Model(run, run: run);

    private static InstanceReported State(InstanceState state) => new("f", "edge", "e1", 1, state, string.Empty);

    private Decision Take(AgentReport report, int underWay) => Do(WaitingReports.Take(_state, report, Proxy, underWay, AtMost));

    private Decision Release(int underWay) => Do(WaitingReports.Release(_state, Proxy, underWay, AtMost));

    private Decision Do(Decision decision)
    {
        _state = decision.Events.Aggregate(_state, (state, e) => state.Apply(e));
        return decision;
    }
}
