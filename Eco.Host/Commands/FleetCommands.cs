using System.CommandLine;
using Eco.Actors.Console;
using Eco.Host.Output;

namespace Eco.Host.Commands;

/// <summary>Verbs about agents and what runs on them.</summary>
internal static class FleetCommands
{
    public static Command Agents(VerbBuilder builder)
    {
        Command command = builder.Verb(
            "agents",
            "Lists the agents",
            [],
            async scope =>
            {
                var (json, agents) = await scope.Host
                    .AskAsync(ConsoleVerbs.Agents, Arguments.None, null, ConsoleJson.Default.ImmutableArrayAgentView, scope.Cancellation).ConfigureAwait(false);
                if (scope.Output.Format == OutputFormat.Json)
                {
                    scope.Output.Json(json);
                    return ExitCodes.Success;
                }

                var table = new TextTable("AGENT", "SITE", "ROLE", "REACHABLE", "SINCE", "BUFFER", "ENGINES", "LABELS");
                foreach (AgentView agent in agents)
                {
                    table.Add(
                        agent.Id,
                        Plain.OrDash(agent.Site),
                        Plain.OrDash(agent.Role),
                        agent.Reachable ? "yes" : "no",
                        Plain.Time(agent.ChangedAt),
                        BufferOf(agent),
                        Plain.OrDash(string.Join(",", agent.Engines)),
                        Plain.OrDash(string.Join(",", agent.Labels.Select(label => $"{label.Key}={label.Value}"))));
                }

                scope.Output.Table(table, "no agents");
                return ExitCodes.Success;
            });
        return command;
    }

    private static string BufferOf(AgentView agent) => agent.Buffer is not { } buffer
        ? "-"
        : Plain.Bytes(buffer.Bytes) + (buffer.Dropped == 0 ? "" : $", {Plain.Number(buffer.Dropped)} dropped");

    public static Command Status(VerbBuilder builder)
    {
        var agent = new Option<string?>("--agent") { HelpName = "ID", Description = "Only this agent" };
        return builder.Verb(
            "status",
            "Asks the agents what runs on them now",
            [agent],
            async scope =>
            {
                var (json, instances) = await scope.Host.AskAsync(
                    ConsoleVerbs.Status,
                    Arguments.Of(("agent", scope.Parsed.GetValue(agent))),
                    null,
                    ConsoleJson.Default.ImmutableArrayInstanceView,
                    scope.Cancellation).ConfigureAwait(false);
                if (scope.Output.Format == OutputFormat.Json)
                {
                    scope.Output.Json(json);
                    return ExitCodes.Success;
                }

                scope.Output.Table(Tables.Instances(instances), "nothing runs");
                return ExitCodes.Success;
            });
    }

    public static Command Cluster(VerbBuilder builder) => builder.Verb(
        "cluster",
        "Shows the servers, which of them has which partition, and what waits for it",
        [],
        async scope =>
        {
            var (json, cluster) = await scope.Host
                .AskAsync(ConsoleVerbs.Cluster, Arguments.None, null, ConsoleJson.Default.ClusterView, scope.Cancellation).ConfigureAwait(false);
            if (scope.Output.Format == OutputFormat.Json)
            {
                scope.Output.Json(json);
                return ExitCodes.Success;
            }

            var members = new TextTable("SERVER", "LIVE", "SEEN", "PARTITIONS");
            foreach (ClusterMemberView member in cluster.Members)
            {
                members.Add(
                    member.Host,
                    member.Live ? "yes" : "no",
                    $"{Plain.Duration(TimeSpan.FromSeconds(member.SeenSecondsAgo))} ago",
                    Plain.Number(member.Partitions));
            }

            var partitions = new TextTable("PARTITION", "OWNER", "EPOCH", "WAITING", "CONSUMERS");
            foreach (ClusterPartitionView partition in cluster.Partitions)
            {
                partitions.Add(
                    Plain.Number(partition.Number),
                    Plain.OrDash(partition.Owner ?? string.Empty),
                    Plain.Number(partition.OwnerEpoch),
                    partition.Waiting is { } waiting ? Plain.Number(waiting) : "-",
                    partition.Consumers is { } consumers ? Plain.Number(consumers) : "-");
            }

            scope.Output.Table(members, "no server has announced itself");
            scope.Output.Line();
            scope.Output.Table(partitions, "no partitions");
            return ExitCodes.Success;
        });
}
