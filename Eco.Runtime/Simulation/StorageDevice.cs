using Eco.Runtime.Actors;
using Eco.Runtime.Dispatch;
using Eco.Runtime.Persistence;

namespace Eco.Runtime.Simulation;

/// <summary>
/// The way of one incarnation of a host to its disk: writes wait for one another and share commits, reads go beside them. Answers
/// come only from what is durable. At a crash a prefix of the commit that was under way survives, by the seed; what waited is lost.
/// </summary>
internal sealed class StorageDevice(
    SimulationScheduler scheduler, HostScope scope, SimulatedDisk disk, SimulatedStorageOptions options, Random random, string name)
{
    private readonly Queue<StorageOperation> _waiting = new();
    private readonly List<StorageOperation> _committing = [];
    private readonly List<object> _answers = [];
    private readonly List<string> _details = [];
    private readonly string _commitName = $"{name}.commit";
    private readonly string _readName = $"{name}.read";
    private bool _isCommitting;
    private int _pendingReads;
    private bool _isWriting;
    private string? _fault;

    public ICrashPoints CrashPoints { get; init; } = ICrashPoints.None;

    /// <summary>Whether the store takes nothing more after a fault until the host starts anew, as a database must; a file of its own may be tried again.</summary>
    public bool BreaksOnFault { get; init; }

    /// <summary>Called once, when the store has broken: as at a real one, the host can only end and start anew.</summary>
    public Action OnBroken { get; init; } = () => { };

    /// <summary>The disk of a shared database, which then holds what is stored; the host's own one has only the faults of the way there.</summary>
    public SimulatedDisk? Shared { get; init; }

    /// <summary>What the way to a shared database takes.</summary>
    public TimeSpan WayThere { get; init; }

    public void Write(StorageOperation operation)
    {
        if (!scope.IsAlive)
        {
            return;
        }

        if (_waiting.Count >= options.QueueCapacity)
        {
            Answer(operation.ReplyTo, operation.Failed(AppendFailureReason.Overloaded, $"the {name}'s queue of waiting writes is full"));
            return;
        }

        _waiting.Enqueue(operation);
        if (!_isCommitting)
        {
            StartCommit();
        }
    }

    public void Read(StorageOperation operation)
    {
        if (!scope.IsAlive)
        {
            return;
        }

        if (_pendingReads >= options.QueueCapacity)
        {
            Answer(operation.ReplyTo, operation.Failed(AppendFailureReason.Overloaded, $"the {name}'s queue of waiting reads is full"));
            return;
        }

        _pendingReads++;
        scheduler.After(WayThere + options.ReadLatency + Transfer(operation.Bytes), scope, _readName, () =>
        {
            _pendingReads--;
            Tell(operation, _fault is null ? operation.Run() : operation.Failed(AppendFailureReason.StorageFault, _fault));
        });
    }

    /// <summary>Answers without touching the disk, but as all ports do not before the call has returned.</summary>
    public void Answer(IActorRef replyTo, object answer) =>
        scheduler.After(TimeSpan.Zero, scope, $"{name}.refuse", () => replyTo.Tell(answer, ActorRefs.NoSender));

    /// <summary>The host dies: decides what of the commit under way had reached the disk.</summary>
    public void Crash()
    {
        if (!_isCommitting || _isWriting)
        {
            return; // within the commit itself, at a crash point, it is exactly known what is stored
        }

        int survivors = random.Next(_committing.Count + 1);
        foreach (StorageOperation operation in _committing.Take(survivors))
        {
            if (DiskRefusal(operation.Bytes) is not null)
            {
                return;
            }

            if (operation.Refusal() is null)
            {
                Store(operation);
            }
        }
    }

    private void StartCommit()
    {
        _isCommitting = true;
        long bytes = 0;
        while (_committing.Count < options.MaximumBatch && _waiting.TryDequeue(out StorageOperation? operation))
        {
            _committing.Add(operation);
            bytes += operation.Bytes;
        }

        TimeSpan latency = WayThere + options.CommitLatency + TimeSpan.FromTicks(random.NextTicks(options.CommitJitter)) + Transfer(bytes);
        scheduler.After(latency, scope, _commitName, Commit);
    }

    private void Commit()
    {
        _isWriting = true;
        foreach (StorageOperation operation in _committing)
        {
            _answers.Add(CommitOne(operation));
            if (!scope.IsAlive)
            {
                return;
            }
        }

        _isWriting = false;
        _isCommitting = false;
        for (int i = 0; i < _committing.Count; i++)
        {
            Tell(_committing[i], _answers[i]);
        }

        _committing.Clear();
        _answers.Clear();
        if (_waiting.Count > 0)
        {
            StartCommit();
        }
    }

    private object CommitOne(StorageOperation operation)
    {
        if (_fault is not null)
        {
            return operation.Failed(AppendFailureReason.StorageFault, _fault);
        }

        if (operation.Refusal() is { } refusal)
        {
            return refusal;
        }

        if (DiskRefusal(operation.Bytes) is { } fault)
        {
            Break(fault);
            return operation.Failed(AppendFailureReason.StorageFault, fault);
        }

        if (disk.LosesNextOutcome)
        {
            return LoseOutcome(operation);
        }

        _details.Clear();
        operation.AddDetails(_details);
        if (!Announce("journal.beforeCommit"))
        {
            return Array.Empty<object>();
        }

        object answer = Store(operation);
        Announce("journal.afterCommit");
        return answer;
    }

    private void Break(string fault)
    {
        if (BreaksOnFault)
        {
            _fault = fault;
            OnBroken();
        }
    }

    private object LoseOutcome(StorageOperation operation)
    {
        disk.LosesNextOutcome = false;
        if (random.Chance(0.5))
        {
            Store(operation);
        }

        const string Lost = "the outcome of a commit was lost (injected)";
        Break(Lost);
        return operation.Failed(AppendFailureReason.Unknown, Lost);
    }

    private object Store(StorageOperation operation)
    {
        long bytes = operation.Bytes;
        object answer = operation.Run();
        (Shared ?? disk).Written(bytes, operation.FreedBytes);
        return answer;
    }

    private string? DiskRefusal(long bytes) => disk.Refusal(bytes) ?? Shared?.Refusal(bytes);

    private bool Announce(string point)
    {
        foreach (string detail in _details)
        {
            CrashPoints.Reached(point, detail);
            if (!scope.IsAlive)
            {
                return false;
            }
        }

        return true;
    }

    private TimeSpan Transfer(long bytes) => TimeSpan.FromTicks((long)(bytes / options.BytesPerSecond * TimeSpan.TicksPerSecond));

    private static void Tell(StorageOperation operation, object answer)
    {
        if (answer is not object[] several)
        {
            operation.ReplyTo.Tell(answer, ActorRefs.NoSender);
            return;
        }

        foreach (object one in several)
        {
            operation.ReplyTo.Tell(one, ActorRefs.NoSender);
        }
    }
}
