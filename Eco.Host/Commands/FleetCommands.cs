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

                var table = new TextTable("AGENT", "SITE", "ROLE", "REACHABLE", "SINCE", "ENGINES", "LABELS");
                foreach (AgentView agent in agents)
                {
                    table.Add(
                        agent.Id,
                        Plain.OrDash(agent.Site),
                        Plain.OrDash(agent.Role),
                        agent.Reachable ? "yes" : "no",
                        Plain.Time(agent.ChangedAt),
                        Plain.OrDash(string.Join(",", agent.Engines)),
                        Plain.OrDash(string.Join(",", agent.Labels.Select(label => $"{label.Key}={label.Value}"))));
                }

                scope.Output.Table(table, "no agents");
                return ExitCodes.Success;
            });
        return command;
    }

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
}
