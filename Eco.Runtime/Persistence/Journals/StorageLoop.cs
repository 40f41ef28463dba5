namespace Eco.Runtime.Persistence.Journals;

/// <summary>
/// One dedicated thread that owns a connection or a folder, behind a queue that is bounded in entries and in bytes. All that waits is
/// handed over as one batch, which is what makes group commit.
/// </summary>
internal sealed class StorageLoop<T>
{
    private readonly object _gate = new();
    private readonly Queue<(T Item, long Bytes)> _waiting = new();
    private readonly List<T> _batch = [];
    private readonly StorageLoopLimits _limits;
    private readonly Action<List<T>> _run;
    private readonly Action<Exception> _unexpected;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _waitingBytes;
    private bool _stopping;

    /// <param name="name">The thread's name.</param>
    /// <param name="limits">The queue's bounds.</param>
    /// <param name="run">Handles a batch; it must answer each of its items whatever happens.</param>
    /// <param name="unexpected">Hears of an exception that <paramref name="run"/> let through; the loop goes on.</param>
    public StorageLoop(string name, StorageLoopLimits limits, Action<List<T>> run, Action<Exception> unexpected)
    {
        _limits = limits;
        _run = run;
        _unexpected = unexpected;
        new Thread(Loop) { Name = name, IsBackground = true }.Start();
    }

    /// <summary>Queues an item; false when the queue is full or the loop is stopping.</summary>
    public bool TryPost(T item, long bytes)
    {
        lock (_gate)
        {
            bool full = _waiting.Count >= _limits.Entries || (_waiting.Count > 0 && _waitingBytes + bytes > _limits.Bytes);
            if (full || _stopping)
            {
                return false;
            }

            _waiting.Enqueue((item, bytes));
            _waitingBytes += bytes;
            Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Takes no more; what waits is still handled. Completes when the thread has ended.</summary>
    public Task StopAsync()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.Pulse(_gate);
        }

        return _ended.Task;
    }

    private void Loop()
    {
        while (TakeBatch())
        {
            try
            {
                _run(_batch);
            }
            catch (Exception e)
            {
                _unexpected(e);
            }
        }

        _ended.SetResult();
    }

    private bool TakeBatch()
    {
        _batch.Clear();
        lock (_gate)
        {
            while (_waiting.Count == 0 && !_stopping)
            {
                Monitor.Wait(_gate);
            }

            while (_batch.Count < _limits.Batch && _waiting.TryDequeue(out (T Item, long Bytes) next))
            {
                _waitingBytes -= next.Bytes;
                _batch.Add(next.Item);
            }
        }

        return _batch.Count > 0;
    }
}
