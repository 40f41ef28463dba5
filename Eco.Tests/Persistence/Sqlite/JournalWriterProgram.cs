using System.Collections.Immutable;
using System.Globalization;
using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Sqlite;
using Eco.Tests.Persistence.Contracts;

namespace Eco.Tests.Persistence.Sqlite;

/// <summary>A process that appends to a journal until it is killed and prints each number once it is told that it is committed.</summary>
internal static class JournalWriterProgram
{
    public const string Verb = "write-journal";

    /// <summary>Where it ends by itself, should the test that started it be killed first.</summary>
    private const long Last = 100_000;

    public static void Run(string path)
    {
        using var ended = new ManualResetEventSlim();
        SqliteJournal journal = SqliteJournal.Open(new SqliteJournalOptions { Path = path, CheckpointAfterBytes = 20_000 });
        journal.Claim(ClaimPartitions.All(0, 1, "child"), new Appender(journal, ended));
        ended.Wait();
    }

    /// <summary>Goes on with the next event after each answer.</summary>
    private sealed class Appender(IJournal journal, ManualResetEventSlim ended) : IActorRef
    {
        private Ownership _owned = new(0, 0, "");
        private long _last;

        public ActorPath Path { get; } = new("eco://test/user/appender", 1);

        public void Tell(object message, IActorRef? sender)
        {
            switch (message)
            {
                case PartitionsClaimed claimed:
                    _owned = claimed.Owned[0];
                    break;
                case AppendCommitted:
                    Console.WriteLine(_last.ToString(CultureInfo.InvariantCulture));
                    break;
                default:
                    Console.Error.WriteLine(message);
                    ended.Set();
                    return;
            }

            if (++_last > Last)
            {
                ended.Set();
                return;
            }

            ImmutableArray<OutboxRow> outbox = [JournalProbe.Message("peer", _last)];
            journal.Append(new AppendRequest(_last, "ion-1", _owned, [JournalProbe.Event(_last)], outbox, [], null), this);
        }

        public bool Equals(IActorRef? other) => ReferenceEquals(this, other);

        public override bool Equals(object? obj) => ReferenceEquals(this, obj);

        public override int GetHashCode() => Path.GetHashCode();

        public int CompareTo(IActorRef? other) => string.CompareOrdinal(Path.Address, other?.Path.Address);
    }
}
