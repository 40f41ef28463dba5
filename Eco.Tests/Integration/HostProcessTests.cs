using System.Diagnostics;
using Eco.Host.Commands;
using Eco.Host.State;
using NUnit.Framework;

namespace Eco.Tests.Integration;

/// <summary>The program as a person runs it: processes, a socket and a lock.</summary>
[CancelAfter(60_000)]
[Category("Process")]
public sealed class HostProcessTests
{
    /// <summary>What <c>eco new</c> writes; each with the line that it starts, since "cloud" is also a role.</summary>
    private static readonly string[] Agents = ["\ncloud ", "\nedge-0 ", "\nedge-1 ", "\nedge-2 "];

    private string _folder = "";

    [SetUp]
    public void Make() => _folder = Directory.CreateTempSubdirectory("eco-process-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Host_WhenItRuns_OwnsItsStateAndAnswersVerbs(CancellationToken cancellation)
    {
        Assert.That((await RunAsync(cancellation, "new", "project")).Code, Is.Zero);
        string project = Path.Combine(_folder, "project");
        var state = new StateDirectory(Path.Combine(project, ".eco"));
        using Process host = Start(project, "host", "-c", "eco.conf");
        try
        {
            await AnswersAsync(state, cancellation);
            await Eventually.IsAsync(
                "all agents have joined, in whatever order; an ION whose selector finds nobody would be refused",
                () => RunAsync(cancellation, "agents", "--state", state.Root).GetAwaiter().GetResult(),
                answer => answer.Code == 0 && Agents.All(agent => answer.Output.Contains(agent, StringComparison.Ordinal)));
            (int secondCode, _, string secondError) = await RunAsync(cancellation, "host", "-c", "project/eco.conf", "--state", state.Root);
            Assert.That(secondCode, Is.EqualTo(ExitCodes.State));
            Assert.That(secondError, Does.Contain($"process {host.Id} has the state directory"));
            (int submitCode, _, string submitError) = await RunAsync(cancellation, "ion", "submit", "project/ion.conf", "--state", state.Root);
            Assert.That(submitCode, Is.Zero, submitError);

            Assert.That((await RunAsync(cancellation, "stop", "--state", state.Root)).Code, Is.Zero);
            await host.WaitForExitAsync(cancellation);
            Assert.That(host.ExitCode, Is.Zero);
        }
        finally
        {
            if (!host.HasExited)
            {
                host.Kill();
                await host.WaitForExitAsync(cancellation);
            }
        }

        (int listCode, string list, _) = await RunAsync(cancellation, "ion", "list", "--state", state.Root);
        Assert.That(listCode, Is.Zero);
        Assert.That(list, Does.Contain("first-ion"), "read without a host");
        Assert.That((await RunAsync(cancellation, "ion", "pause", "first-ion", "--state", state.Root)).Code, Is.EqualTo(ExitCodes.NoHost));
    }

    [Test]
    public async Task Host_WhenKilled_LeavesAStateThatTheNextOneTakes(CancellationToken cancellation)
    {
        await RunAsync(cancellation, "new", "project");
        string project = Path.Combine(_folder, "project");
        var state = new StateDirectory(Path.Combine(project, ".eco"));
        foreach (bool kill in (bool[])[true, false])
        {
            using Process host = Start(project, "host", "-c", "eco.conf");
            await AnswersAsync(state, cancellation);
            Assert.That(StateLock.Owner(state), Is.EqualTo(host.Id));
            if (kill)
            {
                host.Kill();
            }
            else
            {
                Assert.That((await RunAsync(cancellation, "stop", "--state", state.Root)).Code, Is.Zero);
            }

            await host.WaitForExitAsync(cancellation);
        }

        Assert.That((await RunAsync(cancellation, "doctor", "--state", state.Root)).Code, Is.Zero);
    }

    // A verb that only reads would be answered from the state directory before the host listens.
    private Task AnswersAsync(StateDirectory state, CancellationToken cancellation) => Eventually.IsAsync(
        "the host answers",
        () => RunAsync(cancellation, "status", "--state", state.Root).GetAwaiter().GetResult(),
        answer => answer.Code == 0);

    private async Task<(int Code, string Output, string Error)> RunAsync(CancellationToken cancellation, params string[] arguments)
    {
        using Process process = Start(_folder, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation);
        Task<string> error = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, await output, await error);
    }

    private static Process Start(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } dotnet && Path.GetFileNameWithoutExtension(dotnet) == "dotnet" ? dotnet : "dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Eco.Host.dll"));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start) ?? throw new InvalidOperationException("dotnet does not start");
    }
}
