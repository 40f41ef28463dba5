using System.Diagnostics;
using System.Threading.Channels;

namespace Eco.Host.Benchmarks.Kernel;

/// <summary>What this machine can do at best: three loops of the platform that the kernel's workloads are compared with.</summary>
internal static class Yardsticks
{
    /// <summary>An unbounded channel with one reader and one writer: a thread writes one and the same reference, a task counts.</summary>
    /// <returns>Messages a second.</returns>
    public static async Task<double> ChannelAsync(int count)
    {
        Channel<object> channel = Channel.CreateUnbounded<object>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        Task<int> reader = Task.Run(() => CountAsync(channel.Reader));
        object message = new();
        var writer = new Thread(() =>
        {
            for (int i = 0; i < count; i++)
            {
                channel.Writer.TryWrite(message);
            }

            channel.Writer.Complete();
        });
        long start = Stopwatch.GetTimestamp();
        writer.Start();
        int read = await reader.ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        writer.Join();
        return read / seconds;
    }

    /// <summary>One work item that queues itself again on the thread pool.</summary>
    /// <returns>Hops a second.</returns>
    public static async Task<double> HopAsync(int count)
    {
        var item = new HopItem(count);
        long start = Stopwatch.GetTimestamp();
        ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);
        await item.Done.ConfigureAwait(false);
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>A method that throws, caught by its caller.</summary>
    /// <returns>Exceptions a second.</returns>
    public static double Throw(int count)
    {
        int caught = 0;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            try
            {
                Fail();
            }
            catch (InvalidOperationException)
            {
                caught++;
            }
        }

        return caught / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static void Fail() => throw new InvalidOperationException();

    private static async Task<int> CountAsync(ChannelReader<object> reader)
    {
        int count = 0;
        while (await reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (reader.TryRead(out _))
            {
                count++;
            }
        }

        return count;
    }

    private sealed class HopItem(int count) : IThreadPoolWorkItem
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _left = count;

        public Task Done => _done.Task;

        public void Execute()
        {
            if (--_left == 0)
            {
                _done.SetResult();
            }
            else
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
            }
        }
    }
}
