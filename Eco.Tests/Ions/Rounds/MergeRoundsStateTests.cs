using System.Collections.Immutable;
using Eco.Actors.Ions;
using Eco.Actors.Ions.Rounds;
using Eco.Actors.Models;
using Eco.Runtime.Persistence;
using NUnit.Framework;

namespace Eco.Tests.Ions.Rounds;

public sealed class MergeRoundsStateTests
{
    private static readonly MergeRounds All = new(0, TimeSpan.FromSeconds(10), LateUpdatePolicy.Fold);
    private static readonly ImmutableArray<string> Agents = ["a", "b", "c"];
    private MergeRoundsState _state = MergeRoundsState.Empty;
    private List<object> _events = [];

    [SetUp]
    public void Begin() => (_state, _events) = (MergeRoundsState.Empty, []);

    [Test]
    public void Receive_WhenNothingIsOpen_OpensTheNextRoundForWhoIsExpectedNow()
    {
        Receive("a", 1);

        Assert.That(_events, Has.Count.EqualTo(2));
        Assert.That(((RoundOpened)_events[0]).Expected, Is.EqualTo(Agents));
        Assert.That(_state.Open!.Round, Is.EqualTo(1));
        Assert.That(Close(), Is.Empty, "two are missing");
    }

    [Test]
    public void Receive_WhenAnAgentSendsAgain_LetsItsLatestUpdateCount()
    {
        Receive("a", 1);
        Receive("a", 3);
        Receive("a", 2);

        Assert.That(_events[^1], Is.TypeOf<UpdateLeftOut>().With.Property("Reason").Contains("older than emission 3"));
        Assert.That(_state.Open!.Received["a"].Emission, Is.EqualTo(3));
    }

    [Test]
    public void TryClose_WhenAllExpectedAreIn_ClosesOnceAndAsksForTheMerge()
    {
        ReceiveAll(1);

        Assert.That(Close().Single(), Is.TypeOf<RoundClosed>());
        Assert.That(_state.Merging!.Updates.Select(update => update.Agent), Is.EqualTo(Agents));
        Assert.That((_state.Open, _state.Missing), Is.EqualTo(((OpenRound?)null, ImmutableArray<string>.Empty)));
        Assert.That(Close(), Is.Empty);
    }

    [Test]
    public void TryClose_WhenTheDeadlineHasPassedWithAQuorum_ClosesWithoutTheMissing()
    {
        MergeRounds two = All with { Quorum = 2 };
        Receive("a", 1, rules: two);
        Receive("c", 1, rules: two);
        Assert.That(Close(two), Is.Empty, "a quorum alone closes nothing");
        Apply(_state.PassDeadline(1));

        Assert.That(((RoundClosed)Close(two).Single()).Participants, Is.EqualTo(new[] { "a", "c" }));
        Assert.That(_state.Missing, Is.EqualTo(new[] { "b" }));
    }

    [Test]
    public void TryClose_WhenTheDeadlineHasPassedBelowTheQuorum_VoidsTheRound()
    {
        Receive("a", 1);
        Apply(_state.PassDeadline(1));

        Assert.That(Close().Single(), Is.TypeOf<RoundVoided>().With.Property("Reason").EqualTo("1 of 3 needed updates came in time"));
        Assert.That(_state.IsIdle, Is.True);
        Assert.That(_state.Missing, Is.EqualTo(new[] { "b", "c" }));
        Receive("b", 1);
        Assert.That(_state.Open!.Round, Is.EqualTo(2), "numbers are not used twice");
    }

    [Test]
    public void PassDeadline_WhenItIsOfAnotherRoundOrComesTwice_DoesNothing()
    {
        Assert.That(_state.PassDeadline(1), Is.Empty);
        Receive("a", 1);
        Assert.That(_state.PassDeadline(2), Is.Empty);
        Apply(_state.PassDeadline(1));
        Assert.That(_state.PassDeadline(1), Is.Empty);
    }

    [Test]
    public void TryClose_WhenAnAgentLeaves_NoLongerWaitsForIt()
    {
        Receive("a", 1);
        Receive("b", 1);

        Assert.That(((RoundClosed)Close(expected: ["a", "b"]).Single()).Participants, Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public void TryClose_WhenEveryAgentLeavesAfterOneUpdate_StillMergesIt()
    {
        Receive("a", 1);

        Assert.That(Close(expected: []).Single(), Is.TypeOf<RoundClosed>());
    }

    [Test]
    public void TryClose_WhenAgentsLeaveAndTheQuorumCannotBeMetAnyMore_VoidsTheRound()
    {
        MergeRounds three = All with { Quorum = 3 };
        Receive("a", 1, rules: three);

        Assert.That(Close(three, expected: ["a"]).Single(), Is.TypeOf<RoundVoided>());
    }

    [Test]
    public void TryClose_WhenNobodyCanMerge_WaitsUntilSomebodyCan()
    {
        ReceiveAll(1);

        Assert.That(_state.TryClose(All, Agents, null, At(9)), Is.Empty);
        Assert.That(_state.TryClose(All, Agents, "cloud", At(9)), Has.Length.EqualTo(1));
    }

    [Test]
    public void Rounds_WhenOneMerges_LetTheNextCollectButNotClose()
    {
        ReceiveAll(1);
        Close();
        ReceiveAll(2);

        Assert.That(Close(), Is.Empty);
        Apply(_state.Merge(1, Model("merged")));
        Assert.That(((RoundClosed)Close().Single()).Round, Is.EqualTo(2));
    }

    [Test]
    public void Merge_WhenItComesTwiceOrForAnotherRound_CountsOnce()
    {
        ReceiveAll(1);
        Close();

        Assert.That(_state.Merge(2, Model("x")), Is.Empty);
        ImmutableArray<object> merged = _state.Merge(1, Model("x"));
        Assert.That(((RoundMerged)merged.Single()).Parents, Has.Length.EqualTo(3));
        Apply(merged);
        Assert.That(_state.Merge(1, Model("y")), Is.Empty);
        Assert.That(_state.Fail(1, "too late", At(99)), Is.Empty);
    }

    [Test]
    public void Fail_WhenTheMergeFailed_VoidsItsRoundAndLeavesTheOpenOneAlone()
    {
        ReceiveAll(1);
        Close();
        Receive("a", 2);

        Apply(_state.Fail(1, "no memory", At(50)));

        Assert.That(_state.Merging, Is.Null);
        Assert.That(_state.Open!.Round, Is.EqualTo(2));
        Assert.That(_events[^1], Is.TypeOf<RoundVoided>().With.Property("Reason").EqualTo("the merge failed: no memory"));
    }

    [TestCase(LateUpdatePolicy.Fold)]
    [TestCase(LateUpdatePolicy.Discard)]
    public void Receive_WhenAnUpdateIsLate_FollowsThePolicy(LateUpdatePolicy late)
    {
        MergeRounds rules = All with { Quorum = 2, Late = late };
        CloseWithoutC(rules);

        Receive("c", 1, emittedAt: 5, rules: rules);
        bool discards = late == LateUpdatePolicy.Discard;
        Assert.That(_events[^1], discards
            ? Is.TypeOf<UpdateLeftOut>().With.Property("Reason").EqualTo("late: emitted before round 1 closed")
            : Is.TypeOf<UpdateReceived>());
        Assert.That(_state.Open is null, Is.EqualTo(discards));

        Receive("c", 2, emittedAt: 11, rules: rules);
        Assert.That(_state.Open!.Received["c"].Emission, Is.EqualTo(2), "what was emitted after the closing is in time");
    }

    [Test]
    public void Receive_WhenALateUpdateComesWhileTheNextRoundCollects_NamesTheRoundThatItMissed()
    {
        MergeRounds rules = All with { Quorum = 2, Late = LateUpdatePolicy.Discard };
        CloseWithoutC(rules);
        Receive("a", 2, emittedAt: 11, rules: rules);

        Receive("c", 1, emittedAt: 5, rules: rules);

        Assert.That(_events[^1], Is.TypeOf<UpdateLeftOut>().With.Property("Round").EqualTo(1));
    }

    [Test]
    public void Receive_WhenTheMergeOfTheLastRoundHasFailed_StillJudgesLatenessByItsClosing()
    {
        MergeRounds rules = All with { Quorum = 2, Late = LateUpdatePolicy.Discard };
        CloseWithoutC(rules);
        Apply(_state.Fail(1, "no memory", At(50)));

        Receive("c", 1, emittedAt: 20, rules: rules);

        Assert.That(_state.Open!.Received.ContainsKey("c"), Is.True, "it was emitted after round 1 had closed");
    }

    [Test]
    public void Receive_WhenAnAgentTookPartInTheClosedRound_IsNeverLate()
    {
        MergeRounds rules = All with { Quorum = 2, Late = LateUpdatePolicy.Discard };
        CloseWithoutC(rules);

        Receive("a", 2, emittedAt: 5, rules: rules);

        Assert.That(_state.Open!.Received.ContainsKey("a"), Is.True);
    }

    internal static RoundUpdate Update(string agent, long emission, long emittedAt = 1) =>
        new(agent, "merge", emission, At(emittedAt), Model($"{agent}{emission}"));

    internal static ModelReference Model(string name) => new("learn.model", 0, "hash-" + name, "test", 1, [1]);

    internal static HybridTimestamp At(long milliseconds) => new(milliseconds, 0, "server");

    private void CloseWithoutC(MergeRounds rules)
    {
        Receive("a", 1, rules: rules);
        Receive("b", 1, rules: rules);
        Apply(_state.PassDeadline(1));
        Close(rules, at: 10);
    }

    private void ReceiveAll(long emission)
    {
        foreach (string agent in Agents)
        {
            Receive(agent, emission);
        }
    }

    private void Receive(string agent, long emission, long emittedAt = 1, MergeRounds? rules = null) =>
        Apply(_state.Receive(Update(agent, emission, emittedAt), rules ?? All, Agents));

    private ImmutableArray<object> Close(MergeRounds? rules = null, ImmutableArray<string>? expected = null, long at = 10)
    {
        ImmutableArray<object> events = _state.TryClose(rules ?? All, expected ?? Agents, "cloud", At(at));
        Apply(events);
        return events;
    }

    private void Apply(ImmutableArray<object> events)
    {
        _events.AddRange(events);
        _state = events.Aggregate(_state, (state, e) => state.Apply(e));
    }
}
