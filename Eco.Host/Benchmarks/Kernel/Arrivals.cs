namespace Eco.Host.Benchmarks.Kernel;

/// <summary>Tells when all of many actors have started, and when all have finished.</summary>
internal sealed class Arrivals(int count)
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _starting = count;
    private int _running = count;

    public Task Started => _started.Task;

    public Task Finished => _finished.Task;

    public void OneStarted()
    {
        if (Interlocked.Decrement(ref _starting) == 0)
        {
            _started.SetResult();
        }
    }

    public void OneFinished()
    {
        if (Interlocked.Decrement(ref _running) == 0)
        {
            _finished.SetResult();
        }
    }
}
