using System.Collections.Immutable;
using System.Text;
using Eco.Host.Commands;
using Eco.Host.Composition;
using Eco.Host.ConsoleSocket;
using Eco.Host.Fuzzing;
using Eco.Host.Output;
using NUnit.Framework;

namespace Eco.Tests.Fuzzing;

/// <summary>Every parser under mutated inputs, and the campaign itself under parsers that are wrong.</summary>
public sealed class FuzzTests
{
    private const long FirstSeed = 1;

    private static IEnumerable<string> Names => FuzzTargets.Names;

    [TestCaseSource(nameof(Names))]
    public void Parser_WhenInputsAreMutated_AnswersEach(string name) => Hold(name, 3_000);

    [TestCaseSource(nameof(Names))]
    [Category("Slow")]
    public void Parser_WhenAHundredThousandInputsAreMutated_AnswersEach(string name) => Hold(name, 100_000);

    [Test]
    public void Run_WhenParserThrows_CountsItAndNamesTheSeed()
    {
        using var target = new Stub(input => _ = input.AsSpan().Contains((byte)'}') ? throw new InvalidOperationException("boom") : 0);

        FuzzResult result = FuzzRunner.Run(target, 500, 7, TimeProvider.System, null, CancellationToken.None);

        Assert.That(result.Unhandled, Is.InRange(1, 499));
        FuzzFailure failure = result.Failures[0];
        Assert.That(failure.Reason, Does.StartWith("InvalidOperationException: boom"));
        Assert.That(failure.Input, Does.Contain("}"));
        FuzzResult again = FuzzRunner.Run(target, 1, failure.Seed, TimeProvider.System, null, CancellationToken.None);
        Assert.That(again.Failures.Single(), Is.EqualTo(failure));
        Assert.That(FuzzCommand.Report([result], 7).ExitCode, Is.EqualTo(ExitCodes.GoalNotMet));
    }

    [Test]
    public void Run_WhenParserAllocatesTooMuch_ReportsTheInput()
    {
        using var target = new Stub(input =>
        {
            if (input.AsSpan().Contains((byte)'}'))
            {
                // An optimising compiler leaves out an array of which only the length is asked.
                GC.KeepAlive(new byte[20_000_000]);
            }
        });

        FuzzResult result = FuzzRunner.Run(target, 100, 1, TimeProvider.System, null, CancellationToken.None);

        Assert.That(result.LargestAllocationMb, Is.GreaterThan(FuzzRunner.MostMegabytes));
        Assert.That(result.Failures[0].Reason, Is.EqualTo("allocated 20.0 MB"));
        Assert.That(result.Unhandled, Is.Zero);
    }

    [Test]
    public void Run_WhenParserIsAlwaysSlow_ReportsIt_ButNotWhenOnlyTheMachineWasOnce()
    {
        var clock = new SteppingClock();
        using var slow = new Stub(_ => clock.Advance(150));
        int calls = 0;
        using var once = new Stub(_ => clock.Advance(calls++ == 3 ? 150 : 1));

        Assert.That(FuzzRunner.Run(slow, 3, 1, clock, null, CancellationToken.None).Failures[0].Reason, Is.EqualTo("took 150 ms"));
        Assert.That(FuzzRunner.Run(once, 20, 1, clock, null, CancellationToken.None).SlowestMs, Is.EqualTo(1));
    }

    [Test]
    public void Mutator_WhenSeedIsTheSame_MakesTheSameInput_AndOtherwiseAnother()
    {
        ImmutableArray<byte[]> corpus = ["{ a = 1 }"u8.ToArray(), "b = [1, 2]\nc = d"u8.ToArray()];
        var one = new FuzzMutator(corpus, ["${a}"]);
        var other = new FuzzMutator(corpus, ["${a}"]);

        string[] inputs = [.. Enumerable.Range(0, 200).Select(seed => FuzzRunner.Escape(one.Make((ulong)seed)))];

        Assert.That(Enumerable.Range(0, 200).Reverse().Select(seed => FuzzRunner.Escape(other.Make((ulong)seed))).Reverse(), Is.EqualTo(inputs));
        Assert.That(inputs.Distinct().Count(), Is.GreaterThan(180));
    }

    [TestCase("a\n\"\\\u00e4", "a\\n\\\"\\\\\\xc3\\xa4")]
    public void Escape_WhenBytesAreUnprintable_WritesThemAsEscapes(string input, string expected) =>
        Assert.That(FuzzRunner.Escape(Encoding.UTF8.GetBytes(input)), Is.EqualTo(expected));

    [Test]
    public void Row_WhenLinesAreMissing_IsEmptyThere() =>
        Assert.That(StoredRow.Of("m/1"u8), Has.Property("Manifest").EqualTo("m/1").And.Property("Timestamp").Empty.And.Property("Payload").Empty);

    private static void Hold(string name, long inputs)
    {
        var io = new ConsoleIo(TextReader.Null, TextWriter.Null, TextWriter.Null, false, false, 80, false);
        using IFuzzTarget target = FuzzTargets.Make(name, new CommandServices(io, TimeProvider.System, new HostRunner(), new ConsoleSocketOptions(), HandleSignals: false));

        FuzzResult result = FuzzRunner.Run(target, inputs, (ulong)FirstSeed, new ProcessorTime(), null, CancellationToken.None);

        string found = string.Join("\n", result.Failures.Select(failure => $"eco fuzz --parser {name} --seed {failure.Seed} --inputs 1: {failure.Reason}\n  \"{failure.Input}\""));
        Assert.That(result.Failures, Is.Empty, found);
        Assert.That(result.Inputs, Is.EqualTo(inputs));
        Assert.That(result.Accepted, Is.InRange(inputs / 50, inputs * 49 / 50), "a campaign whose inputs are all refused, or all accepted, tests little");
    }

    private sealed class Stub(Action<byte[]> read) : IFuzzTarget
    {
        private bool _warm;

        public string Name => "stub";

        public ImmutableArray<byte[]> Corpus { get; } = ["abc = def"u8.ToArray()];

        public ImmutableArray<string> Tokens { get; } = ["}"];

        public bool Read(byte[] input)
        {
            // The valid input comes first and is not measured.
            if (_warm)
            {
                read(input);
            }

            _warm = true;
            return true;
        }

        public void Dispose()
        {
            // Holds nothing.
        }
    }

    /// <summary>What this process has computed: a parser is not slow because others have the processors.</summary>
    private sealed class ProcessorTime : TimeProvider
    {
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Environment.CpuUsage.TotalTime.Ticks;
    }

    private sealed class SteppingClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 1_000;

        public void Advance(long milliseconds) => _now += milliseconds;

        public override long GetTimestamp() => _now;
    }
}
