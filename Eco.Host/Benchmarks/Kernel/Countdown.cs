namespace Eco.Host.Benchmarks.Kernel;

/// <summary>Ends a measurement after so many ticks of one actor; not for several threads at once.</summary>
internal sealed class Countdown
{
    private TaskCompletionSource _done = new();
    private int _left;

    /// <summary>Starts a count.</summary>
    public Task Start(int count)
    {
        _left = count;
        _done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _done.Task;
    }

    /// <summary>One less.</summary>
    public void Tick()
    {
        if (--_left == 0)
        {
            _done.SetResult();
        }
    }
}
