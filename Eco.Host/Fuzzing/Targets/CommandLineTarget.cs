using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Text;
using Eco.Host.Commands;

namespace Eco.Host.Fuzzing.Targets;

/// <summary>Command lines, a word a line: parsed and completed but not run, and their words as the values that verbs check by themselves.</summary>
internal sealed class CommandLineTarget : IFuzzTarget
{
    // Each refusal is an exception, and what a thousand exceptions cost says nothing about parsing.
    private const int MostChecked = 2;

    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null };

    private static readonly string[] Lines =
    [
        "ion submit ion.conf", "ion show factory --graph", "ion diff x.conf --format json", "approve factory merge/centres@3 --reject --reason no --by me",
        "timeline --ion a --agent edge-1 --since 15m --limit 40", "experiment federated-kmeans --seeds 1..20 --json out.json", "demo --headless --batches 40 --pace 10",
        "who-has 0123abcd", "status --agent edge-1 --state /tmp/x", "host -c server.conf --no-color --verbose", "models --ion x --format=text", "doctor", "simulate --seeds 1..3",
    ];

    private readonly EcoCommandLine _commandLine;
    private readonly TimeProvider _time;

    public CommandLineTarget(CommandServices services)
    {
        _commandLine = new EcoCommandLine(services);
        _time = services.Time;
    }

    /// <inheritdoc/>
    public string Name => "command-line";

    /// <inheritdoc/>
    public ImmutableArray<byte[]> Corpus { get; } = [.. Lines.Select(line => Encoding.UTF8.GetBytes(line.Replace(' ', '\n')))];

    /// <inheritdoc/>
    public ImmutableArray<string> Tokens { get; } =
    [
        "ion\n", "--", "--format", "--format=xml", "--since\n", "--limit\n", "--seeds", "--help", "-h", "-c", "--version", "@file", "1..9223372036854775807", "99999999d",
        "0001-01-01", "=", "--=", "-", "\n\n", "[suggest]", "timeline\nrebuild", "console", "fuzz", "bench",
    ];

    /// <inheritdoc/>
    public bool Read(byte[] input)
    {
        string text = Encoding.UTF8.GetString(input);
        string[] words = text.Split('\n');
        ParseResult parsed = _commandLine.Root.Parse(words, Parser);
        bool accepted = parsed.Action is not ParseErrorAction;
        if (!accepted && UsageErrors.Describe(parsed) is not { Cause.Length: > 0, Cure.Length: > 0 })
        {
            throw new FuzzDefectException("a wrong command line without a cause or a cure");
        }

        _ = parsed.GetCompletions().Count();
        _ = CommandLineParser.SplitCommandLine(text).Count();
        foreach (string word in words.Where(word => word.AsSpan().ContainsAnyInRange('0', '9')).Take(MostChecked))
        {
            _ = Accepts(() => HostCommands.SeedsOf(null, word));
            _ = Accepts(() => HostCommands.CountOf("--limit", word, int.MaxValue));
            _ = Accepts(() => TimelineCommands.Since(word, _time));
        }

        return accepted;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Holds nothing but memory.
    }

    private static bool Accepts<T>(Func<T> read)
    {
        try
        {
            read();
            return true;
        }
        catch (CommandException)
        {
            return false;
        }
    }
}
