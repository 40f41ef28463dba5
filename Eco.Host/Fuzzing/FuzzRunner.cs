using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Eco.Host.Fuzzing;

/// <summary>Gives a parser mutated inputs and holds it to what it must never do: throw, take long, allocate much.</summary>
internal static class FuzzRunner
{
    /// <summary>No input may take longer.</summary>
    public const double MostMilliseconds = 100;

    /// <summary>No input may make a parser allocate more, in MB of 1,000,000 bytes.</summary>
    public const double MostMegabytes = 16;

    private const int KeptFailures = 10;
    private const int ShownBytes = 4_000;
    private const int ProgressEvery = 10_000;

    // Once more, and again: what other work on the machine took shows in one of the runs, not in all.
    private const int RunsOfSlowInputs = 4;
    private const double SuspiciousMilliseconds = 5;

    /// <summary>Runs a campaign.</summary>
    /// <param name="target">The parser.</param>
    /// <param name="inputs">How many inputs.</param>
    /// <param name="seed">Of the first input; each next one has the next seed.</param>
    /// <param name="clock">Measures.</param>
    /// <param name="progress">Hears how many inputs are done, now and then.</param>
    /// <param name="cancellation">Ends the campaign early.</param>
    public static FuzzResult Run(IFuzzTarget target, long inputs, ulong seed, TimeProvider clock, Action<long>? progress, CancellationToken cancellation)
    {
        foreach (byte[] valid in target.Corpus)
        {
            if (!target.Read(valid))
            {
                throw new FuzzDefectException($"{target.Name} refuses a valid input: {Escape(valid)}");
            }
        }

        var mutator = new FuzzMutator(target.Corpus, target.Tokens);
        var failures = ImmutableArray.CreateBuilder<FuzzFailure>();
        (long done, long accepted, long unhandled, double slowest, double largest) = (0, 0, 0, 0, 0);
        long start = clock.GetTimestamp();
        for (; done < inputs && !cancellation.IsCancellationRequested; done++)
        {
            ulong of = seed + (ulong)done;
            byte[] input = mutator.Make(of);
            Measurement run = Measure(target, input, clock);
            for (int again = 1; again < RunsOfSlowInputs && run.Milliseconds > Math.Max(slowest, SuspiciousMilliseconds); again++)
            {
                run = run.Least(Measure(target, input, clock));
            }

            slowest = Math.Max(slowest, run.Milliseconds);
            largest = Math.Max(largest, run.Megabytes);
            unhandled += run.Exception is null ? 0 : 1;
            accepted += run.Accepted ? 1 : 0;
            if (Reason(run) is { } reason && failures.Count < KeptFailures)
            {
                failures.Add(new FuzzFailure(of, reason, Escape(input)));
            }

            if ((done + 1) % ProgressEvery == 0)
            {
                progress?.Invoke(done + 1);
            }
        }

        return new FuzzResult(target.Name, done, accepted, unhandled, slowest, largest, clock.GetElapsedTime(start).TotalSeconds, failures.ToImmutable());
    }

    /// <summary>Bytes as text that a C# or HOCON string can hold.</summary>
    internal static string Escape(ReadOnlySpan<byte> input)
    {
        var text = new StringBuilder();
        foreach (byte c in input[..Math.Min(input.Length, ShownBytes)])
        {
            _ = c switch
            {
                (byte)'\n' => text.Append("\\n"),
                (byte)'"' or (byte)'\\' => text.Append('\\').Append((char)c),
                >= (byte)' ' and < 0x7F => text.Append((char)c),
                _ => text.Append(CultureInfo.InvariantCulture, $"\\x{c:x2}"),
            };
        }

        return input.Length > ShownBytes ? text.Append(CultureInfo.InvariantCulture, $"... ({input.Length} bytes)").ToString() : text.ToString();
    }

    private static Measurement Measure(IFuzzTarget target, byte[] input, TimeProvider clock)
    {
        Exception? exception = null;
        bool accepted = false;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long start = clock.GetTimestamp();
        try
        {
            accepted = target.Read(input);
        }
#pragma warning disable CA1031 // Whatever a parser throws is what this looks for.
        catch (Exception error)
#pragma warning restore CA1031
        {
            exception = error;
        }

        double milliseconds = clock.GetElapsedTime(start).TotalMilliseconds;
        return new Measurement(milliseconds, (GC.GetAllocatedBytesForCurrentThread() - allocated) / 1e6, accepted, exception);
    }

    private static string? Reason(Measurement run) =>
        run.Exception is { } error ? $"{error.GetType().Name}: {error.Message} {error.StackTrace?.Split('\n')[0].Trim()}"
        : run.Milliseconds > MostMilliseconds ? string.Create(CultureInfo.InvariantCulture, $"took {run.Milliseconds:F0} ms")
        : run.Megabytes > MostMegabytes ? string.Create(CultureInfo.InvariantCulture, $"allocated {run.Megabytes:F1} MB")
        : null;

    private readonly record struct Measurement(double Milliseconds, double Megabytes, bool Accepted, Exception? Exception)
    {
        public Measurement Least(Measurement other) =>
            new(Math.Min(Milliseconds, other.Milliseconds), Math.Min(Megabytes, other.Megabytes), Accepted, Exception ?? other.Exception);
    }
}
