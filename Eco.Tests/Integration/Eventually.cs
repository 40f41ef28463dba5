using System.Diagnostics;

namespace Eco.Tests.Integration;

/// <summary>
/// The only place of the tests where real time is awaited. What is awaited always has a deadline, and a failure says what was last seen.
/// </summary>
public static class Eventually
{
    /// <summary>Long enough for a loaded build machine: a deadline that passes is a failure, not a measurement.</summary>
    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPauseOfQuestions = TimeSpan.FromMilliseconds(250);

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="what">What is awaited, for the failure.</param>
    /// <param name="condition">Looked at again and again.</param>
    /// <param name="lastObservation">Describes what is there instead, for the failure.</param>
    /// <param name="deadline">How long to wait; null: <see cref="DefaultDeadline"/>.</param>
    public static Task HoldsAsync(string what, Func<bool> condition, Func<string>? lastObservation = null, TimeSpan? deadline = null) =>
        HoldsAsync(what, () => Task.FromResult(condition()), LongestPause, lastObservation, deadline);

    /// <summary>Waits until a condition holds that another process is asked for, a few times a second.</summary>
    /// <param name="what">What is awaited, for the failure.</param>
    /// <param name="condition">Looked at again and again.</param>
    /// <param name="lastObservation">Describes what is there instead, for the failure.</param>
    /// <param name="deadline">How long to wait; null: <see cref="DefaultDeadline"/>.</param>
    public static Task HoldsAsync(string what, Func<Task<bool>> condition, Func<string>? lastObservation = null, TimeSpan? deadline = null) =>
        HoldsAsync(what, condition, LongestPauseOfQuestions, lastObservation, deadline);

    private static async Task HoldsAsync(
        string what, Func<Task<bool>> condition, TimeSpan longestPause, Func<string>? lastObservation, TimeSpan? deadline)
    {
        TimeSpan limit = deadline ?? DefaultDeadline;
        long start = Stopwatch.GetTimestamp();
        TimeSpan pause = FirstPause;
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > limit)
            {
                throw new TimeoutException($"Not within {limit.TotalSeconds:0.###} s: {what}. Last seen: {lastObservation?.Invoke() ?? "nothing said"}");
            }

            await Task.Delay(pause);
            pause = pause + pause > longestPause ? longestPause : pause + pause;
        }
    }

    /// <summary>Waits until an observation satisfies a condition, and returns it.</summary>
    public static async Task<T> IsAsync<T>(string what, Func<T> observe, Func<T, bool> condition, TimeSpan? deadline = null)
    {
        T last = observe();
        await HoldsAsync(what, () => condition(last = observe()), () => $"{last}", deadline);
        return last;
    }

    /// <summary>Waits for a task, within a deadline.</summary>
    public static async Task<T> CompletesAsync<T>(string what, Task<T> task, TimeSpan? deadline = null)
    {
        await CompletesAsync(what, (Task)task, deadline);
        return await task;
    }

    /// <summary>Waits for a task, within a deadline.</summary>
    public static async Task CompletesAsync(string what, Task task, TimeSpan? deadline = null)
    {
        TimeSpan limit = deadline ?? DefaultDeadline;
        try
        {
            await task.WaitAsync(limit);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Not within {limit.TotalSeconds:0.###} s: {what}. Last seen: the task is {task.Status}");
        }
    }
}
