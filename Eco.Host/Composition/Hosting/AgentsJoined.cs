using System.Collections.Immutable;
using System.Text.Json;
using Eco.Actors.Console;
using Eco.Host.Commands;

namespace Eco.Host.Composition.Hosting;

/// <summary>Waits until the agents of a host have joined it: before that, a selector would find nobody.</summary>
internal static class AgentsJoined
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits, however long it takes.</summary>
    /// <param name="host">The host.</param>
    /// <param name="agents">The ids of its agents.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="CommandException">The host failed meanwhile.</exception>
    public static async Task WaitAsync(EcoHost host, IEnumerable<string> agents, CancellationToken cancellation)
    {
        var missing = agents.ToHashSet(StringComparer.Ordinal);
        using var look = new PeriodicTimer(LookEvery, TimeProvider.System);
        do
        {
            ConsoleReply reply = await host.AskAsync(new ConsoleRequest(1, ConsoleVerbs.Agents, Arguments.None), cancellation).ConfigureAwait(false);
            if (reply.Error is { } error)
            {
                throw new CommandException(error);
            }

            ImmutableArray<AgentView> joined = reply.Data!.Value.Deserialize(ConsoleJson.Default.ImmutableArrayAgentView);
            missing.ExceptWith(joined.Select(agent => agent.Id));
            host.ThrowIfFailed();
        }
        while (missing.Count > 0 && await look.WaitForNextTickAsync(cancellation).ConfigureAwait(false));
    }
}
