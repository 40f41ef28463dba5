using System.Security.Cryptography;
using Eco.Host.State;
using Eco.Runtime.Actors;
using Eco.Runtime.Dispatch;
using Eco.Runtime.Persistence.Artifacts;
using Microsoft.Extensions.Logging;

namespace Eco.Host.Composition.Hosting;

/// <summary>What the roles of a process hold open: actor systems, stores, workers. Ended in the order in which nobody misses anything.</summary>
internal sealed class HostResources(ILoggerFactory logging, TimeSpan stopWithin) : IAsyncDisposable
{
    private readonly List<ActorSystem> _systems = [];
    private readonly List<IAsyncDisposable> _stores = [];
    private readonly List<IDisposable> _workers = [];
    private readonly TaskCompletionSource<string> _fault = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the reason when the storage or a worker fails.</summary>
    public Task<string> Fault => _fault.Task;

    /// <summary>Unique to this start.</summary>
    public string StartId { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    public ILogger<T> Logger<T>() => logging.CreateLogger<T>();

    public void OnFault(Exception fault) => OnFault(fault.Message);

    public void OnFault(string reason) => _fault.TrySetResult(reason);

    /// <summary>Makes an actor system that is cut off at the end if it has not ended by itself.</summary>
    public ActorSystem NewSystem(string name)
    {
        ActorSystem system = ActorSystem.Create(name, new ActorSystemSettings
        {
            Random = new SeededRandomSource(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8))),
            LoggerFactory = logging,
            CoordinatedShutdownPhases = CoordinatedShutdown.DefaultPhases.ToDictionary(
                phase => phase.Key, phase => phase.Value with { Timeout = stopWithin }, StringComparer.Ordinal),
        });
        _systems.Add(system);
        return system;
    }

    /// <summary>Closes a store at the end, after all that was kept later.</summary>
    public T Keep<T>(T store)
        where T : IAsyncDisposable
    {
        _stores.Add(store);
        return store;
    }

    /// <summary>Closes a store at the end, after all that was kept later.</summary>
    public T KeepOpen<T>(T store)
        where T : IDisposable
    {
        _stores.Add(new Closing(store.Dispose));
        return store;
    }

    /// <summary>Opens the artefacts of a host identity, and keeps them open to the end.</summary>
    public FileArtifactStore OpenArtifacts(HostFolder folder, long maxBytes) => Keep(FileArtifactStore.Open(
        new FileArtifactStoreOptions { Folder = folder.Artifacts, MaxArtifactBytes = (int)maxBytes }, Logger<FileArtifactStore>()));

    public SerialWorker Worker(string name)
    {
        var worker = new SerialWorker(name, Logger<SerialWorker>(), OnFault);
        _workers.Add(worker);
        return worker;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (ActorSystem system in _systems.Where(system => !system.WhenTerminated.IsCompleted))
        {
            Logger<EcoHost>().LogCutOff(system.Name, stopWithin.TotalSeconds);
            system.Abort();
        }

        foreach (IDisposable worker in _workers)
        {
            worker.Dispose();
        }

        // The stores go last, when nobody writes any more.
        foreach (IAsyncDisposable store in Enumerable.Reverse(_stores))
        {
            await store.DisposeAsync().ConfigureAwait(false);
        }
    }

    private sealed class Closing(Action close) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            close();
            return ValueTask.CompletedTask;
        }
    }
}
