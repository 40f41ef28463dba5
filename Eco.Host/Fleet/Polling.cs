using System.Globalization;

namespace Eco.Host.Fleet;

/// <summary>The one place where a fleet waits for other processes: until something holds, with a deadline, on the clock it is given.</summary>
internal static class Polling
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="what">What is awaited, for the error.</param>
    /// <param name="condition">Looked at again and again; what it throws ends the wait.</param>
    /// <param name="deadline">How long to wait; where progress is known, how long for the next step of it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <param name="lastSeen">What is there instead, for the error.</param>
    /// <param name="progress">How far it has come.</param>
    /// <exception cref="TimeoutException">It does not hold within the deadline.</exception>
    public static async Task UntilAsync(
        string what,
        Func<Task<bool>> condition,
        TimeSpan deadline,
        TimeProvider time,
        CancellationToken stop = default,
        Func<string>? lastSeen = null,
        WaitProgress? progress = null)
    {
        long start = time.GetTimestamp();
        long reached = progress?.Reached() ?? 0;
        while (!await condition().ConfigureAwait(false))
        {
            if (progress is not null && progress.Reached() is var now && now != reached)
            {
                reached = now;
                start = time.GetTimestamp();
            }
            else if (time.GetElapsedTime(start) > deadline)
            {
                string seen = (lastSeen ?? progress?.Seen) is { } words ? $"; last seen: {words()}" : string.Empty;
                string stood = progress is null ? string.Empty : " without progress";
                throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"not within {deadline.TotalSeconds:0.#} s{stood}: {what}{seen}"));
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
