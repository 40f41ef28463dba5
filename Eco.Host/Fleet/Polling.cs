using System.Globalization;

namespace Eco.Host.Fleet;

/// <summary>The one place where a fleet waits for other processes: until something holds, with a deadline, on the clock it is given.</summary>
internal static class Polling
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="what">What is awaited, for the error.</param>
    /// <param name="condition">Looked at again and again; what it throws ends the wait.</param>
    /// <param name="deadline">How long to wait.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <param name="lastSeen">What is there instead, for the error.</param>
    /// <exception cref="TimeoutException">It does not hold within the deadline.</exception>
    public static async Task UntilAsync(
        string what, Func<Task<bool>> condition, TimeSpan deadline, TimeProvider time, CancellationToken stop = default, Func<string>? lastSeen = null)
    {
        long start = time.GetTimestamp();
        while (!await condition().ConfigureAwait(false))
        {
            if (time.GetElapsedTime(start) > deadline)
            {
                string seen = lastSeen is null ? string.Empty : $"; last seen: {lastSeen()}";
                throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"not within {deadline.TotalSeconds:0.#} s: {what}{seen}"));
            }

            await Task.Delay(Pause, time, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Lets time pass.</summary>
    public static Task PauseAsync(TimeSpan pause, TimeProvider time, CancellationToken stop) => Task.Delay(pause, time, stop);

    /// <summary>Waits until a condition holds.</summary>
    public static Task UntilAsync(
        string what, Func<bool> condition, TimeSpan deadline, TimeProvider time, CancellationToken stop = default, Func<string>? lastSeen = null) =>
        UntilAsync(what, () => Task.FromResult(condition()), deadline, time, stop, lastSeen);
}
