using System.Collections.Immutable;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Eco.Tests.Cluster;

/// <summary>Two entities with their journals, and a network between them that does everything a transport may do.</summary>
public sealed class EntityLedgerModelTests
{
    [Test]
    public void Messages_WhenTheNetworkAndBothEndsFailAtRandom_AreAppliedExactlyOnceInOrder() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNegativeInt[]>(), choices =>
        {
            var pair = new Pair();
            foreach (NonNegativeInt choice in choices)
            {
                pair.Do(choice.Get);
            }

            pair.Drain();
            return pair.Applied.SequenceEqual(Enumerable.Range(1, pair.SentCount).Select(number => (long)number)) && !pair.Sender.HasPending;
        }).Check(Properties.Quiet.WithMaxTest(1_000).WithEndSize(120));

    private sealed class Pair
    {
        private const int Window = 4;
        private const string A = "a";
        private const string B = "b";

        // What the two journals hold.
        private readonly List<OutboxRow> _outbox = [];
        private readonly List<Flight> _network = [];
        private readonly List<long> _confirmations = [];
        private InboxRow? _inbox;
        private long _acknowledged;
        private long _epoch = 1;
        private EntityLedger _receiver = new(Window);

        public EntityLedger Sender { get; private set; } = new(Window);

        public List<long> Applied { get; } = [];

        public int SentCount { get; private set; }

        public void Do(int choice)
        {
            int which = choice / 16;
            switch (choice % 16)
            {
                case 0 or 1 or 2:
                    Send();
                    break;
                case 3 or 4 or 5 or 6:
                    Deliver(which);
                    break;
                case 7:
                    Duplicate(which);
                    break;
                case 8:
                    Lose(which);
                    break;
                case 9 or 10:
                    Confirm(which);
                    break;
                case 11:
                    TimerFires();
                    break;
                case 12:
                    RestartSender();
                    break;
                case 13:
                    // A number that was given out and never committed does not exist.
                    Sender.NextNumber(B);
                    RestartSender();
                    break;
                case 14:
                    RestartReceiver();
                    break;
                default:
                    ReportTo(which);
                    break;
            }
        }

        public void Drain()
        {
            const int Enough = 200;
            for (int round = 0; round < Enough && (Sender.HasPending || _network.Count > 0); round++)
            {
                while (_network.Count > 0)
                {
                    Deliver(round);
                }

                TimerFires();
            }
        }

        private void Send()
        {
            OutboxRow row = EntityLedgerTests.Row(B, Sender.NextNumber(B));
            _outbox.Add(row);
            SentCount++;
            Sender.Book([row]);
            Launch(Sender.TakeSendable(B, everything: false));
        }

        private void Launch(ImmutableArray<OutboxRow> rows) =>
            _network.AddRange(rows.Select(row => new Flight(FrameKind.Message, row.SequenceNr, _epoch)));

        private void Deliver(int which)
        {
            if (_network.Count == 0)
            {
                return;
            }

            Flight flight = _network[which % _network.Count];
            _network.Remove(flight);
            switch (flight.Kind)
            {
                case FrameKind.Message:
                    Receive(flight);
                    break;
                case FrameKind.Acknowledgement:
                    Acknowledge(flight.Number);
                    break;
                default:
                    Acknowledge(flight.Number - 1);
                    Sender.Rewind(B, flight.Number);
                    Launch(Sender.TakeSendable(B, everything: true));
                    break;
            }
        }

        private void Receive(Flight flight)
        {
            InboxVerdict verdict = _receiver.Judge(A, flight.Number, flight.Epoch);
            if (verdict == InboxVerdict.Apply)
            {
                Applied.Add(flight.Number);
                _inbox = new InboxRow(A, flight.Number, flight.Epoch);
                _receiver.Book(_inbox);
            }

            _network.Add(verdict == InboxVerdict.Gap
                ? new Flight(FrameKind.Gap, _receiver.Applied(A) + 1, 0)
                : new Flight(FrameKind.Acknowledgement, _receiver.Applied(A), 0));
        }

        private void Acknowledge(long upTo)
        {
            if (Sender.Acknowledge(B, upTo))
            {
                _acknowledged = upTo;
                _outbox.RemoveAll(row => row.SequenceNr <= upTo);
                Launch(Sender.TakeSendable(B, everything: false));
            }
        }

        private void Duplicate(int which)
        {
            if (_network.Count > 0)
            {
                _network.Add(_network[which % _network.Count] with { });
            }
        }

        // What the transport has confirmed arrives some time; answers may be lost, by a crash before they are sent for instance.
        private void Lose(int which)
        {
            if (_network.Count > 0 && !_network[which % _network.Count].Confirmed)
            {
                _network.RemoveAt(which % _network.Count);
            }
        }

        private void Confirm(int which)
        {
            if (_network.Count > 0 && _network[which % _network.Count] is { Kind: FrameKind.Message, Confirmed: false } flight)
            {
                _network[which % _network.Count] = flight with { Confirmed = true };
                _confirmations.Add(flight.Number);
            }
        }

        private void ReportTo(int which)
        {
            if (_confirmations.Count > 0)
            {
                long number = _confirmations[which % _confirmations.Count];
                _confirmations.RemoveAt(which % _confirmations.Count);
                Sender.Confirm(B, number);
            }
        }

        private void TimerFires()
        {
            if (Sender.Unconfirmed(B))
            {
                Launch(Sender.TakeSendable(B, everything: true));
            }
            else if (Sender.Probe(B) is { } probe)
            {
                Launch([probe]);
            }
        }

        private void RestartSender()
        {
            _epoch++;
            _confirmations.Clear();
            Sender = new EntityLedger(Window);
            Sender.Restore(new RecoveryStarted(1, null, [.. _outbox], [new OutboxPosition(B, SentCount, _acknowledged)], [], []));
            Launch(Sender.TakeSendable(B, everything: true));
        }

        private void RestartReceiver()
        {
            _receiver = new EntityLedger(Window);
            _receiver.Restore(new RecoveryStarted(1, null, [], [], _inbox is null ? [] : [_inbox], []));
        }

        private sealed record Flight(FrameKind Kind, long Number, long Epoch)
        {
            public bool Confirmed { get; init; }
        }
    }
}
