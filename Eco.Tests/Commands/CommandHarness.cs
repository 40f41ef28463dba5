using System.Collections.Immutable;
using Eco.Host.Commands;
using Eco.Host.ConsoleSocket;
using Eco.Host.Output;
using Eco.Host.State;
using Microsoft.Extensions.Logging.Abstractions;

namespace Eco.Tests.Commands;

/// <summary>Runs command lines in process over strings and a state directory of their own.</summary>
internal sealed class CommandHarness : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("eco-command-").FullName;
    private ConsoleSocketServer? _host;

    public CommandHarness() => State = new StateDirectory(Path.Combine(_folder, "state"));

    public StateDirectory State { get; }

    public FakeRunner Runner { get; } = new();

    public FakeEndpoint Endpoint { get; } = new();

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public string Out { get; private set; } = "";

    public string Error { get; private set; } = "";

    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public string PathOf(string name) => Path.Combine(_folder, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    public void StartHost()
    {
        State.EnsureCreated();
        _host = ConsoleSocketServer.Start(State, Endpoint, new ConsoleSocketOptions(), TimeProvider.System, NullLogger.Instance);
    }

    public Task<int> RunAsync(params string[] arguments) => RunWithInputAsync("", arguments);

    public async Task<int> RunWithInputAsync(string input, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var reader = new StringReader(input);
        var io = new ConsoleIo(reader, output, error, InIsTerminal: false, OutIsTerminal: false, Width: 120, AllowColor: false);
        var services = new CommandServices(io, Time, Runner, new ConsoleSocketOptions(), HandleSignals: false);
        int code = await new EcoCommandLine(services).RunAsync([.. arguments, "--state", State.Root]);
        Out = output.ToString();
        Error = error.ToString();
        return code;
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    internal sealed class FakeRunner : IHostRunner
    {
        public List<object> Runs { get; } = [];

        public int ExitCode { get; set; }

        public Exception? Failure { get; set; }

        public ImmutableArray<ExperimentDescription> Experiments => [new("federated-kmeans", "moving clusters"), new("other", "another one")];

        public Task<int> HostAsync(HostRun run, CommandOutput output, CancellationToken stop) => Record(run);

        public Task<int> DemoAsync(DemoRun run, CommandOutput output, CancellationToken stop) => Record(run);

        public Task<int> ExperimentAsync(ExperimentRun run, CommandOutput output, CancellationToken stop) => Record(run);

        public Task<int> BenchAsync(BenchRun run, CommandOutput output, CancellationToken stop) => Record(run);

        public Task<int> BenchWorkAsync(BenchRun run, CommandOutput output, CancellationToken stop) => Record(run);

        private Task<int> Record(object run)
        {
            Runs.Add(run);
            return Failure is null ? Task.FromResult(ExitCode) : Task.FromException<int>(Failure);
        }
    }
}
