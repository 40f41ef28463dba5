using System.Collections.Immutable;
using System.Threading.Channels;
using Eco.Actors.Agents;
using Eco.Engines.Abstractions;
using Eco.Engines.Process;
using Eco.Host.Fleet;
using Eco.Runtime.Actors;
using Microsoft.Extensions.Logging;

namespace Eco.Host.Composition.EngineProcesses;

/// <summary>
/// The engine port with a process for each pipeline. What a process does or how it ends touches no other pipeline and not the agent; what the
/// agent does not live to end goes on without it, and is found again by its next start.
/// </summary>
internal sealed partial class EngineProcessHost : IEngineHost, IAsyncDisposable
{
    private static readonly TimeSpan ClaimWithin = TimeSpan.FromSeconds(60);

    private readonly string _agentId;
    private readonly ImmutableSortedDictionary<string, string> _labels;
    private readonly string _dataRoot;
    private readonly string _folder;
    private readonly EngineProcessOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Slot> _slots = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EngineProcessRecord> _left = new(StringComparer.Ordinal);
    private readonly List<Task> _ending = [];
    private readonly ITimer _unclaimed;
    private bool _disposed;

    /// <summary>Looks for the processes that a former start of the agent has left. The caller holds the state directory's lock.</summary>
    /// <param name="profile">The agent: its id and its labels.</param>
    /// <param name="dataRoot">Where its data sources read from.</param>
    /// <param name="folder">Where processes are recorded.</param>
    /// <param name="options">Their bounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where it is said what was found.</param>
    public EngineProcessHost(
        (string Id, ImmutableSortedDictionary<string, string> Labels) profile,
        string dataRoot,
        string folder,
        EngineProcessOptions options,
        TimeProvider time,
        ILogger logger)
    {
        (_agentId, _labels) = profile;
        _dataRoot = Path.GetFullPath(dataRoot);
        _folder = folder;
        _options = options;
        _time = time;
        _logger = logger;
        foreach (EngineProcessRecord record in EngineProcessRecord.LoadAll(folder))
        {
            Judge(record);
        }

        _unclaimed = time.CreateTimer(_ => EndUnclaimed(), null, _left.Count == 0 ? Timeout.InfiniteTimeSpan : ClaimWithin, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public void Deploy(DeployPipeline request, IActorRef replyTo) => Post(request.InstanceId, request.CorrelationId, replyTo, async slot =>
    {
        bool mayResume = await PrepareAsync(slot, request.InstanceId).ConfigureAwait(false) && request.MayResume;
        EngineAnswer answer = await slot.Process!.CallAsync(new CreatePipeline(
            request.Engine,
            request.Spec,
            new PipelineContext(_agentId, request.Seed, _labels, _dataRoot),
            request.Checkpoint,
            request.Steps,
            mayResume)).ConfigureAwait(false);
        if (answer is PipelineCreated { Resumed: { } resumed })
        {
            Readopted(request.InstanceId, slot.Process.Record.Pid, resumed.Steps);
        }

        return answer is PipelineCreated created
            ? new PipelineDeployed(request.CorrelationId, created.Resumed)
            : Failure(request.CorrelationId, answer);
    });

    /// <inheritdoc/>
    public void Step(StepPipeline request, IActorRef replyTo) => Call(
        request.InstanceId,
        request.CorrelationId,
        replyTo,
        () => new TakeStep(EngineBench.InputOf(request), request.WithCheckpoint),
        answer => answer is StepTaken taken ? new PipelineStepped(request.CorrelationId, taken.Result, taken.Checkpoint) : null);

    /// <inheritdoc/>
    public void SwapModel(SwapPipelineModel request, IActorRef replyTo) => Call(
        request.InstanceId,
        request.CorrelationId,
        replyTo,
        () => new SwapComponentModel(request.Component, request.Model),
        answer => answer is ModelSwapped ? new PipelineModelSwapped(request.CorrelationId) : null);

    /// <inheritdoc/>
    public void Release(string instanceId)
    {
        lock (_gate)
        {
            if (_slots.Remove(instanceId, out Slot? slot))
            {
                slot.Calls.Writer.TryComplete();
                _ending.RemoveAll(ended => ended.IsCompletedSuccessfully);
                _ending.Add(slot.Ended);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _unclaimed.DisposeAsync().ConfigureAwait(false);
        Task[] ending;
        lock (_gate)
        {
            _disposed = true;
            foreach (string instance in _slots.Keys.ToArray())
            {
                Release(instance);
            }

            EndUnclaimed();
            ending = [.. _ending];
        }

        await Task.WhenAll(ending).ConfigureAwait(false);
    }

    // (pid, start) says whether it is the process that was recorded: a recycled id is another's, and never touched.
    private void Judge(EngineProcessRecord record)
    {
        if (!record.Identity.IsAlive || record.RunIdOfProcess is not { } runId)
        {
            record.Remove(_folder);
            return;
        }

        if (runId == record.RunId && _left.TryAdd(record.InstanceId, record))
        {
            return;
        }

        NotOurs(record.Pid, record.InstanceId);
        Signals.Send(record.Identity, Signals.Kill);
        _ending.Add(EngineProcess.EndAsync(record, _folder, _options, _time));
    }

    private void EndUnclaimed()
    {
        lock (_gate)
        {
            foreach (EngineProcessRecord record in _left.Values)
            {
                Unclaimed(record.Pid, record.InstanceId);
                Signals.Send(record.Identity, Signals.Terminate);
                _ending.Add(EngineProcess.EndAsync(record, _folder, _options, _time));
            }

            _left.Clear();
        }
    }

    /// <summary>Sees to it that a slot has a process.</summary>
    /// <returns>Whether it is one that may have gone on without the agent.</returns>
    private async Task<bool> PrepareAsync(Slot slot, string instanceId)
    {
        if (slot.Process is not null)
        {
            return false;
        }

        EngineProcessRecord? left;
        lock (_gate)
        {
            _left.Remove(instanceId, out left);
        }

        if (left is not null)
        {
            try
            {
                slot.Process = await EngineProcess.AdoptAsync(left, _folder, _options, _time).ConfigureAwait(false);
                return true;
            }
            catch (PipelineException error)
            {
                NotAdopted(error, left.Pid, instanceId);
                Signals.Send(left.Identity, Signals.Kill);
                await EngineProcess.EndAsync(left, _folder, _options, _time).ConfigureAwait(false);
            }
        }

        slot.Process = await EngineProcess.StartAsync(_folder, instanceId, _options, _time).ConfigureAwait(false);
        return false;
    }

    private void Call(string instanceId, long correlationId, IActorRef replyTo, Func<EngineCall> call, Func<EngineAnswer, object?> outcome) =>
        Post(instanceId, correlationId, replyTo, async slot =>
        {
            if (slot.Process is null)
            {
                return new PipelineFailed(correlationId, $"{instanceId} has no pipeline; it was released");
            }

            EngineAnswer answer = await slot.Process.CallAsync(call()).ConfigureAwait(false);
            return outcome(answer) ?? Failure(correlationId, answer);
        });

    private static PipelineFailed Failure(long correlationId, EngineAnswer answer) =>
        new(correlationId, answer is CallFailed failed ? failed.Reason : $"the engine process answered {answer.GetType().Name}");

    private void Post(string instanceId, long correlationId, IActorRef replyTo, Func<Slot, Task<object>> call)
    {
        async Task Run(Slot slot)
        {
            object outcome;
            try
            {
                outcome = await call(slot).ConfigureAwait(false);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                // Of no more use; the next deployment starts another.
                Broken(error, instanceId);
                await slot.EndProcessAsync().ConfigureAwait(false);
                outcome = new PipelineFailed(correlationId, error is PipelineException ? error.Message : $"{error.GetType().Name}: {error.Message}");
            }

            replyTo.Tell(outcome, null);
        }

        lock (_gate)
        {
            if (!_slots.TryGetValue(instanceId, out Slot? slot))
            {
                slot = new Slot();
                _slots.Add(instanceId, slot);
            }

            if (_disposed || !slot.Calls.Writer.TryWrite(Run))
            {
                replyTo.Tell(new PipelineFailed(correlationId, "the agent stops, or too many calls wait for this pipeline"), null);
            }
        }
    }

    /// <summary>A pipeline's calls, one after the other, and its process.</summary>
    private sealed class Slot
    {
        private const int Capacity = 4_096;

        public Slot() => Ended = WorkAsync();

        public Channel<Func<Slot, Task>> Calls { get; } = Channel.CreateBounded<Func<Slot, Task>>(
            new BoundedChannelOptions(Capacity) { SingleReader = true });

        public Task Ended { get; }

        public EngineProcess? Process { get; set; }

        public async Task EndProcessAsync()
        {
            EngineProcess? process = Process;
            Process = null;
            if (process is not null)
            {
                await process.DisposeAsync().ConfigureAwait(false);
            }
        }

        private async Task WorkAsync()
        {
            await Task.Yield();
            await foreach (Func<Slot, Task> call in Calls.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                await call(this).ConfigureAwait(false);
            }

            await EndProcessAsync().ConfigureAwait(false);
        }
    }
}
