using System.Collections.Immutable;

namespace Eco.Actors.Agents.Proxies;

/// <summary>
/// Which waiting commands a later one for the same node makes moot: an agent that was away for weeks is told where to go, not each step of the
/// way. Models are superseded by versions instead (<see cref="ModelSuperseded"/>); a run never is, since somebody waits for its outcome.
/// </summary>
internal static class WaitingCommands
{
    /// <summary>The moot commands, the last one first, so that each position holds until it is its turn.</summary>
    public static IEnumerable<(AgentCommand Command, int Position)> MootBy(AgentCommand later, ImmutableArray<AgentCommand> queue)
    {
        bool isBehindOthers = false;
        for (int i = queue.Length - 1; i >= 0; i--)
        {
            AgentCommand earlier = queue[i];
            if (earlier.Ion != later.Ion || earlier.Node != later.Node)
            {
                continue;
            }

            bool isMoot = later switch
            {
                // Whether a node is held is kept when it is deployed anew: the last word counts.
                PauseNode or ResumeNode => earlier is PauseNode or ResumeNode,
                UndeployNode undeploy => earlier is PauseNode or ResumeNode || (earlier is DeployNode deploy && deploy.Generation <= undeploy.Generation),

                // What was meant for the earlier definition and stands between them must still find it.
                DeployNode newer => !isBehindOthers && earlier is DeployNode older && older.Generation < newer.Generation,
                ForgetEvents => earlier is ForgetEvents,
                _ => false,
            };
            if (isMoot)
            {
                yield return (earlier, i);
            }
            else
            {
                isBehindOthers |= earlier is not (PauseNode or ResumeNode or ForgetEvents);
            }
        }
    }

    /// <summary>A command's name as it is sent.</summary>
    public static string NameOf(AgentCommand command) => command switch
    {
        DeployNode => "deploy",
        UndeployNode => "undeploy",
        PauseNode => "pause",
        ResumeNode => "resume",
        DeliverModel => "deliver-model",
        RunNode => "run",
        ForgetEvents => "forget-events",
        _ => throw new InvalidOperationException($"{command.GetType().Name} is no command of an agent"),
    };
}
