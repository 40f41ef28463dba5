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
    private List<StorageOperation>? _committing;
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
        if (_committing is null)
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
        scheduler.After(WayThere + options.ReadLatency + Transfer(operation.Bytes), scope, $"{name}.read", () =>
        {
            _pendingReads--;
            Tell(operation, _fault is null ? operation.Run() : [operation.Failed(AppendFailureReason.StorageFault, _fault)]);
        });
    }

    /// <summary>Answers without touching the disk, but as all ports do not before the call has returned.</summary>
    public void Answer(IActorRef replyTo, object answer) =>
        scheduler.After(TimeSpan.Zero, scope, $"{name}.refuse", () => replyTo.Tell(answer, ActorRefs.NoSender));

    /// <summary>The host dies: decides what of the commit under way had reached the disk.</summary>
    public void Crash()
    {
        if (_committing is null || _isWriting)
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
        _committing = [];
        long bytes = 0;
        while (_committing.Count < options.MaximumBatch && _waiting.TryDequeue(out StorageOperation? operation))
        {
            _committing.Add(operation);
            bytes += operation.Bytes;
        }

        TimeSpan latency = WayThere + options.CommitLatency + TimeSpan.FromTicks(random.NextTicks(options.CommitJitter)) + Transfer(bytes);
        scheduler.After(latency, scope, $"{name}.commit", Commit);
    }

    private void Commit()
    {
        List<StorageOperation> batch = _committing!;
        var answers = new List<(StorageOperation Operation, IEnumerable<object> Answers)>(batch.Count);
        _isWriting = true;
        foreach (StorageOperation operation in batch)
        {
            answers.Add((operation, CommitOne(operation)));
            if (!scope.IsAlive)
            {
                return;
            }
        }

        _isWriting = false;
        _committing = null;
        foreach ((StorageOperation operation, IEnumerable<object> its) in answers)
        {
            Tell(operation, its);
        }

        if (_waiting.Count > 0)
        {
            StartCommit();
        }
    }

    private IEnumerable<object> CommitOne(StorageOperation operation)
    {
        if (_fault is not null)
        {
            return [operation.Failed(AppendFailureReason.StorageFault, _fault)];
        }

        if (operation.Refusal() is { } refusal)
        {
            return [refusal];
        }

        if (DiskRefusal(operation.Bytes) is { } fault)
        {
            Break(fault);
            return [operation.Failed(AppendFailureReason.StorageFault, fault)];
        }

        if (disk.LosesNextOutcome)
        {
            return LoseOutcome(operation);
        }

        if (!Announce("journal.beforeCommit", operation))
        {
            return [];
        }

        IEnumerable<object> answers = Store(operation);
        Announce("journal.afterCommit", operation);
        return answers;
    }

    private void Break(string fault)
    {
        if (BreaksOnFault)
        {
            _fault = fault;
            OnBroken();
        }
    }

    private IEnumerable<object> LoseOutcome(StorageOperation operation)
    {
        disk.LosesNextOutcome = false;
        if (random.Chance(0.5))
        {
            Store(operation);
        }

        const string Lost = "the outcome of a commit was lost (injected)";
        Break(Lost);
        return [operation.Failed(AppendFailureReason.Unknown, Lost)];
    }

    private List<object> Store(StorageOperation operation)
    {
        long bytes = operation.Bytes;
        List<object> answers = [.. operation.Run()];
        (Shared ?? disk).Written(bytes, operation.FreedBytes);
        return answers;
    }

    private string? DiskRefusal(long bytes) => disk.Refusal(bytes) ?? Shared?.Refusal(bytes);

    private bool Announce(string point, StorageOperation operation)
    {
        foreach (string detail in operation.Details())
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

    private static void Tell(StorageOperation operation, IEnumerable<object> answers)
    {
        foreach (object answer in answers)
        {
            operation.ReplyTo.Tell(answer, ActorRefs.NoSender);
        }
    }
}
