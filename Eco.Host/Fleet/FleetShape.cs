using System.Globalization;
using Eco.Actors.Console;
using Eco.Host.Commands;

namespace Eco.Host.Fleet;

/// <summary>How many of what a fleet has.</summary>
/// <param name="Brokers">Broker nodes: 1 or 3.</param>
/// <param name="Servers">Server hosts.</param>
/// <param name="Agents">Agents; the first of several has the role cloud, all others are edges.</param>
/// <param name="AgentsPerHost">Agents that share a process.</param>
/// <param name="Isolated">Whether each process has a network namespace of its own.</param>
internal sealed record FleetShape(int Brokers, int Servers, int Agents, int AgentsPerHost, bool Isolated)
{
    /// <summary>Agents that one process holds at most.</summary>
    public const int MostAgentsPerHost = 64;

    /// <summary>Most agents of a fleet.</summary>
    public const int MostAgents = 4096;

    /// <summary>Most servers of a fleet.</summary>
    public const int MostServers = 16;

    private const int AgentsWithOwnProcess = 16;
    private const int ProcessesOfMany = 8;
    private const int MostIsolatedHosts = 200;

    /// <summary>Processes that hold agents.</summary>
    public int AgentHosts => (Agents + AgentsPerHost - 1) / AgentsPerHost;

    /// <summary>How many agents share a process where nobody says: few have one each, many share about eight.</summary>
    public static int AgentsPerHostOf(int agents) =>
        agents <= AgentsWithOwnProcess ? 1 : Math.Min(MostAgentsPerHost, (agents + ProcessesOfMany - 1) / ProcessesOfMany);

    /// <summary>What the agent with a number from 0 on is called.</summary>
    public string AgentName(int index) =>
        Agents == 1 ? "edge-1" : index == 0 ? "cloud-1" : string.Create(CultureInfo.InvariantCulture, $"edge-{index}");

    /// <summary>Makes sure that a fleet that was made with another shape can become this one.</summary>
    /// <exception cref="CommandException">It cannot.</exception>
    public void RequireReachableFrom(FleetShape before)
    {
        if (AgentHosts + Servers > MostIsolatedHosts && Isolated)
        {
            throw Refused($"{AgentHosts + Servers} processes with a network of their own are too many", "let more agents share a process: --agents-per-process N");
        }

        if (before.Brokers != Brokers || before.Isolated != Isolated)
        {
            throw Refused(
                $"this cluster was made with {before.Brokers} broker nodes and network {(before.Isolated ? "namespaces" : "loopback")}",
                "leave out --brokers and --network, or begin anew: eco down --remove");
        }

        // An agent's journal lies with its process: it cannot move to another one. A single agent is an edge, the first of several the cloud.
        bool moves = before.AgentsPerHost != AgentsPerHost || (before.Agents == 1) != (Agents == 1) || (AgentsPerHost > 1 && before.Agents != Agents);
        if (moves)
        {
            throw Refused(
                $"this cluster was made with {before.Agents} agents, {before.AgentsPerHost} to a process",
                before.AgentsPerHost > 1 || before.Agents == 1
                    ? "leave out --agents, or begin anew: eco down --remove"
                    : "give another number of agents, one to a process, or begin anew: eco down --remove");
        }
    }

    private static CommandException Refused(string cause, string cure) => new(ConsoleErrorCodes.Refused, cause, cure);
}
