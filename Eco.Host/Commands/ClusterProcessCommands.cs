using System.CommandLine;
using System.Globalization;
using Eco.Actors.Console;
using Eco.Host.Fleet;
using Eco.Host.Output;

namespace Eco.Host.Commands;

/// <summary><c>eco up</c> and <c>eco down</c>: a whole cluster as processes of this machine.</summary>
internal static class ClusterProcessCommands
{
    private const int DefaultAgents = 3;
    private const int DefaultServers = 1;
    private const int DefaultBrokers = 3;

    public static Command Up(VerbBuilder builder)
    {
        var agents = new Option<string?>("--agents") { HelpName = "N", Description = $"Agents (default: {DefaultAgents}, or as many as there are)" };
        var servers = new Option<string?>("--servers") { HelpName = "M", Description = $"Server hosts (default: {DefaultServers}, or as many as there are)" };
        var brokers = new Option<string?>("--brokers") { HelpName = "1|3", Description = $"RabbitMQ nodes (default: {DefaultBrokers})" };
        var perProcess = new Option<string?>("--agents-per-process") { HelpName = "N", Description = "Agents that share a process (default: up to 16 agents have one each)" };
        var network = new Option<string?>("--network")
        {
            HelpName = "loopback|namespaces",
            Description = "What connects them; namespaces have links that can be cut, and need root (default: loopback)",
        };
        return builder.Verb(
            "up",
            "Starts a whole cluster as processes of this machine: RabbitMQ, PostgreSQL, servers, agents; or what of it does not run",
            [agents, servers, brokers, perProcess, network],
            async scope =>
            {
                FleetShape? before = EcoFleet.Load(scope.State.Root)?.Shape;
                int agentCount = HostCommands.CountOf("--agents", scope.Parsed.GetValue(agents), FleetShape.MostAgents) ?? before?.Agents ?? DefaultAgents;
                var shape = new FleetShape(
                    BrokersOf(scope.Parsed.GetValue(brokers)) ?? before?.Brokers ?? DefaultBrokers,
                    HostCommands.CountOf("--servers", scope.Parsed.GetValue(servers), FleetShape.MostServers) ?? before?.Servers ?? DefaultServers,
                    agentCount,
                    HostCommands.CountOf("--agents-per-process", scope.Parsed.GetValue(perProcess), FleetShape.MostAgentsPerHost)
                        ?? before?.AgentsPerHost ?? FleetShape.AgentsPerHostOf(agentCount),
                    IsolatedOf(scope.Parsed.GetValue(network)) ?? before?.Isolated ?? false);
                scope.State.EnsureCreated();
                using FleetLock held = FleetLock.Take(scope.State);
                EcoFleet fleet = await EcoFleet.OpenAsync(
                    scope.State.Root, shape, scope.Services.Time, stop: scope.Cancellation).ConfigureAwait(false);
                await StartAsync(fleet, scope).ConfigureAwait(false);
                return ExitCodes.Success;
            });
    }

    public static Command Down(VerbBuilder builder)
    {
        var remove = new Option<bool>("--remove") { Description = "Also remove what it kept: journals, models, the database" };
        return builder.Verb(
            "down",
            "Ends the cluster that 'eco up' has started, in order; its state stays, and 'eco up' goes on from it",
            [remove],
            async scope =>
            {
                if (EcoFleet.Load(scope.State.Root) is null)
                {
                    throw new CommandException(
                        ConsoleErrorCodes.State, $"the state directory '{scope.State.Name}' has no cluster", "'eco up' makes one; --state DIR names another directory");
                }

                using FleetLock held = FleetLock.Take(scope.State);
                await EcoFleet.StopAsync(scope.State.Root, scope.Output.Note, scope.Services.Time).ConfigureAwait(false);
                if (scope.Parsed.GetValue(remove))
                {
                    EcoFleet.Remove(scope.State.Root);
                    scope.Output.Note("its state is removed");
                }

                return ExitCodes.Success;
            });
    }

    private static async Task StartAsync(EcoFleet fleet, CommandScope scope)
    {
        try
        {
            await fleet.StartAsync(scope.Output.Note, scope.Cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is CommandException or OperationCanceledException or TimeoutException)
        {
            scope.Output.Note("what has been started runs on: 'eco up' goes on from there, 'eco down' ends it");
            throw;
        }

        scope.Output.Table(TableOf(fleet), "nothing runs");
        string state = scope.GivenState is { } given ? $" --state {given.Name}" : string.Empty;
        scope.Output.Note($"how to go on: eco ion submit FILE{state}   eco agents{state}   eco cluster{state}   eco down{state}");
    }

    private static TextTable TableOf(EcoFleet fleet)
    {
        var table = new TextTable("NAME", "ROLE", "PID", "ADDRESS", "NAMESPACE", "LOG");
        string here = Directory.GetCurrentDirectory();
        foreach (FleetMember member in fleet.Members())
        {
            table.Add(
                member.Name,
                member.Role,
                member.IsAlive ? member.Pid.ToString(CultureInfo.InvariantCulture) : "ended",
                Plain.OrDash(member.Address),
                Plain.OrDash(member.Namespace ?? string.Empty),
                Path.GetRelativePath(here, Path.Combine(member.Folder, "log")));
        }

        return table;
    }

    private static int? BrokersOf(string? text) => text switch
    {
        null => null,
        "1" => 1,
        "3" => 3,
        _ => throw new CommandException(ConsoleErrorCodes.Usage, $"--brokers '{text}' is neither 1 nor 3", "3 go on when one is lost; 1 is for trying things out"),
    };

    private static bool? IsolatedOf(string? text) => text switch
    {
        null => null,
        "loopback" => false,
        "namespaces" => true,
        _ => throw new CommandException(
            ConsoleErrorCodes.Usage, $"--network '{text}' is neither 'loopback' nor 'namespaces'", "namespaces have links that can be cut, and need root"),
    };
}
