using System.Collections.Immutable;
using Eco.Actors.Ions;
using Eco.Actors.Ions.Rounds;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Eco.Tests.Ions.Rounds;

/// <summary>Random histories of updates, deadlines, merges, failures and agents that come and go.</summary>
public sealed class MergeRoundsPropertyTests
{
    [TestCase(0, LateUpdatePolicy.Fold)]
    [TestCase(2, LateUpdatePolicy.Fold)]
    [TestCase(2, LateUpdatePolicy.Discard)]
    public void Rounds_WhenHistoryIsRandom_CloseOnceAndMergeNothingTwice(int quorum, LateUpdatePolicy late) =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNegativeInt[]>(), choices =>
        {
            var history = new History(new MergeRounds(quorum, TimeSpan.FromSeconds(1), late));
            foreach (NonNegativeInt choice in choices)
            {
                history.Do(choice.Get);
            }

            history.Check();
        }).Check(Properties.Quiet.WithMaxTest(500).WithEndSize(150));

    private sealed class History(MergeRounds rules)
    {
        private readonly List<object> _events = [];
        private readonly SortedSet<string> _expected = new(["a", "b", "c", "d"], StringComparer.Ordinal);
        private readonly Dictionary<string, long> _emissions = [];
        private readonly HashSet<(string Agent, long Emission)> _merged = [];
        private MergeRoundsState _state = MergeRoundsState.Empty;
        private long _now;

        public void Do(int choice)
        {
            _now++;
            int which = choice / 8;
            string agent = ((char)('a' + (which % 4))).ToString();
            switch (choice % 8)
            {
                case 0 or 1 or 2:
                    long emission = _emissions[agent] = _emissions.GetValueOrDefault(agent) + 1;
                    RoundUpdate update = MergeRoundsStateTests.Update(agent, emission, _now - (which % 5));
                    Apply(_state.Receive(update, rules, [.. _expected]));
                    break;
                case 3:
                    Apply(_state.PassDeadline(_state.Last - (which % 2)));
                    break;
                case 4:
                    Apply(_state.Merge(_state.Last - (which % 3), MergeRoundsStateTests.Model($"merged{_now}")));
                    break;
                case 5:
                    Apply(_state.Fail(_state.Last - (which % 3), "as the test wants", MergeRoundsStateTests.At(_now)));
                    break;
                case 6:
                    _expected.Remove(agent);
                    break;
                default:
                    _expected.Add(agent);
                    break;
            }

            ImmutableArray<object> closing = _state.TryClose(rules, [.. _expected], which % 7 == 0 ? null : "cloud", MergeRoundsStateTests.At(_now));
            OpenRound? open = _state.Open;
            Apply(closing);
            if (closing is [RoundClosed closed])
            {
                Assert.That(closed.Participants, Has.Length.GreaterThanOrEqualTo(rules.Quorum == 0 ? 1 : rules.Quorum));
                Assert.That(_state.Merging!.Updates, Is.EqualTo(open!.Received.Values), "what is merged is what was received");
                foreach (RoundUpdate update in _state.Merging.Updates)
                {
                    Assert.That(_merged.Add((update.Agent, update.Emission)), Is.True, $"{update.Agent}'s update {update.Emission} is merged twice");
                }
            }

            Assert.That(
                _state.TryClose(rules, [.. _expected], "cloud", MergeRoundsStateTests.At(_now)).Length == 0 || closing.IsEmpty,
                Is.True,
                "a second look at the same state finds nothing more to close");
        }

        public void Check()
        {
            long[] opened = [.. _events.OfType<RoundOpened>().Select(e => e.Round)];
            Assert.That(opened, Is.EqualTo(Enumerable.Range(1, opened.Length).Select(round => (long)round)), "numbers are gapless");
            long[] closed = [.. _events.OfType<RoundClosed>().Select(e => e.Round)];
            Assert.That(closed, Is.Unique);
            long[] ended = [.. _events.OfType<RoundMerged>().Select(e => e.Round), .. _events.OfType<RoundVoided>().Select(e => e.Round)];
            Assert.That(ended, Is.Unique, "a round ends once, merged or void");
            Assert.That(_events.OfType<RoundMerged>().Select(e => e.Round), Is.SubsetOf(closed));

            long live = (_state.Open is null ? 0 : 1) + (_state.Merging is null ? 0 : 1);
            Assert.That(ended, Has.Length.EqualTo(opened.Length - live), "no round is lost");

            MergeRoundsState replayed = _events.Aggregate(MergeRoundsState.Empty, (state, e) => state.Apply(e));
            Assert.That(Structure.Describe(replayed), Is.EqualTo(Structure.Describe(_state)), "the events alone give the state");
        }

        private void Apply(ImmutableArray<object> events)
        {
            _events.AddRange(events);
            _state = events.Aggregate(_state, (state, e) => state.Apply(e));
        }
    }
}
