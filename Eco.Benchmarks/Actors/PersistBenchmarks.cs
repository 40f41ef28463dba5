using System.Text.Json.Serialization;
using BenchmarkDotNet.Attributes;
using Eco.Runtime.Actors;
using Eco.Runtime.Dispatch;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Sqlite;

namespace Eco.Benchmarks.Actors;

/// <summary>Persist on the SQLite journal, in a folder of the working directory: one actor alone, each event a commit; and many that share commits.</summary>
[MemoryDiagnoser]
public class PersistBenchmarks
{
    private const int Alone = 200;
    private const int Actors = 512;
    private const int Each = 20;

    private readonly Step _step = new(1);
    private readonly string _folder = Directory.CreateDirectory($"persist-{Environment.ProcessId}").FullName;
    private SqliteJournal _journal = null!;
    private ActorSystem _system = null!;
    private IActorRef[] _ledgers = [];
    private CountdownEvent _durable = null!;

    [GlobalSetup]
    public void Start()
    {
        _journal = SqliteJournal.Open(new SqliteJournalOptions { Path = Path.Combine(_folder, "journal.db"), PartitionCount = 1 });
        _system = ActorSystem.Create("bench");
        var claimed = new TaskCompletionSource<Ownership>();
        _journal.Claim(new ClaimPartitions(1, 1, "bench", [0]), _system.ActorOf(Props.Create(() => new Claimant(claimed))));
        Ownership ownership = claimed.Task.GetAwaiter().GetResult();
        _system.RegisterExtension(new PersistenceExtension(
            _journal,
            new MessageRegistry.Builder().Add("bench.step/1", PersistBenchmarkJson.Default.Step).Build(),
            new HybridClock(TimeProvider.System, "bench"),
            _ => ownership,
            ICrashPoints.None));
        _durable = new CountdownEvent(1);
        _ledgers = [.. Enumerable.Range(0, Actors).Select(number => _system.ActorOf(Props.Create(() => new Ledger($"ledger/{number}", _durable))))];
    }

    [GlobalCleanup]
    public void End()
    {
        _system.Terminate().Wait();
        _journal.DisposeAsync().AsTask().Wait();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Alone)]
    public void PersistAlone() => Persist(actors: 1, Alone);

    [Benchmark(OperationsPerInvoke = Actors * Each)]
    public void PersistTogether() => Persist(Actors, Each);

    private void Persist(int actors, int each)
    {
        _durable.Reset(actors * each);
        for (int i = 0; i < each; i++)
        {
            for (int actor = 0; actor < actors; actor++)
            {
                _ledgers[actor].Tell(_step, ActorRefs.NoSender);
            }
        }

        _durable.Wait();
    }

    internal sealed record Step(int Amount);

    private sealed class Ledger : ReceivePersistentActor
    {
        private long _sum;

        public Ledger(string persistenceId, CountdownEvent durable)
        {
            PersistenceId = persistenceId;
            Recover<Step>(step => _sum += step.Amount);
            Command<Step>(command => Persist(command, step =>
            {
                _sum += step.Amount;
                durable.Signal();
            }));
        }

        public override string PersistenceId { get; }
    }

    private sealed class Claimant : ReceiveActor
    {
        public Claimant(TaskCompletionSource<Ownership> claimed)
        {
            Receive<PartitionsClaimed>(answer => claimed.SetResult(answer.Owned[0]));
            Receive<ClaimFailed>(answer => claimed.SetException(new InvalidOperationException(answer.Message)));
        }
    }
}

[JsonSerializable(typeof(PersistBenchmarks.Step))]
internal sealed partial class PersistBenchmarkJson : JsonSerializerContext;
