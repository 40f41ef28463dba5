using System.Collections.Immutable;
using Eco.Actors.Agents;
using Eco.Engines.Abstractions;
using Eco.Engines.Process;
using Eco.Host.Composition;
using Eco.Runtime.Actors;
using Eco.Runtime.Simulation;
using Eco.Schedulers.Placement;

namespace Eco.Tests.MainJob;

/// <summary>Engine processes in the simulated world: what they hold outlives a crash of their agent, and each call and answer passes as bytes.</summary>
internal sealed class SurvivingEngines
{
    private static readonly TimeSpan CallTakes = TimeSpan.FromMilliseconds(3);
    private readonly Dictionary<(string Host, string Instance), EngineSession> _sessions = [];

    /// <summary>Pipelines that were made, for each agent.</summary>
    public SortedDictionary<string, int> Made { get; } = new(StringComparer.Ordinal);

    /// <summary>Pipelines that went on, for each agent.</summary>
    public SortedDictionary<string, int> Resumed { get; } = new(StringComparer.Ordinal);

    /// <summary>Outcomes that were told again.</summary>
    public int ToldAgain { get; private set; }

    public IEngineHost Of(SimulatedHost host, AgentProfile profile) => new Port(this, host, profile);

    private sealed class Port(SurvivingEngines all, SimulatedHost host, AgentProfile profile) : IEngineHost
    {
        private readonly int _start = host.Incarnation;
        private readonly HashSet<string> _known = new(StringComparer.Ordinal);

        public void Deploy(DeployPipeline request, IActorRef replyTo)
        {
            if (!all._sessions.TryGetValue((host.Id, request.InstanceId), out EngineSession? session))
            {
                all._sessions[(host.Id, request.InstanceId)] = session = new EngineSession(EngineCatalogue.Default.Engines);
            }

            bool mayResume = _known.Add(request.InstanceId) && request.MayResume;
            var context = new PipelineContext(profile.Id, request.Seed, profile.Labels, ".");
            var call = new CreatePipeline(request.Engine, request.Spec, context, request.Checkpoint, request.Steps, mayResume);
            EngineAnswer answer = Ask(session, call);
            if (answer is PipelineCreated created)
            {
                SortedDictionary<string, int> count = created.Resumed is null ? all.Made : all.Resumed;
                count[host.Id] = count.GetValueOrDefault(host.Id) + 1;
                all.ToldAgain += created.Resumed?.Unsettled is null ? 0 : 1;
                Tell(replyTo, new PipelineDeployed(request.CorrelationId, created.Resumed));
            }
            else
            {
                Tell(replyTo, new PipelineFailed(request.CorrelationId, ((CallFailed)answer).Reason));
            }
        }

        // The outcome is there at once, and is lost if the agent dies before it hears of it, as with a process.
        public void Step(StepPipeline request, IActorRef replyTo)
        {
            EngineAnswer answer = Ask(Session(request.InstanceId), new TakeStep(EngineBench.InputOf(request), request.WithCheckpoint));
            Tell(replyTo, answer is StepTaken taken
                ? new PipelineStepped(request.CorrelationId, taken.Result, taken.Checkpoint)
                : new PipelineFailed(request.CorrelationId, ((CallFailed)answer).Reason));
        }

        public void SwapModel(SwapPipelineModel request, IActorRef replyTo)
        {
            EngineAnswer answer = Ask(Session(request.InstanceId), new SwapComponentModel(request.Component, request.Model));
            Tell(replyTo, answer is ModelSwapped
                ? new PipelineModelSwapped(request.CorrelationId)
                : new PipelineFailed(request.CorrelationId, ((CallFailed)answer).Reason));
        }

        public void Release(string instanceId)
        {
            if (host.IsUp && host.Incarnation == _start && all._sessions.Remove((host.Id, instanceId), out EngineSession? session))
            {
                session.Dispose();
            }
        }

        private static EngineAnswer Ask(EngineSession session, EngineCall call) =>
            EngineCodec.DecodeAnswer(EngineCodec.Encode(session.Answer(EngineCodec.DecodeCall(EngineCodec.Encode(call)))));

        private EngineSession Session(string instanceId) => all._sessions[(host.Id, instanceId)];

        private void Tell(IActorRef replyTo, object outcome) => host.Schedule(CallTakes, "engine process", () => replyTo.Tell(outcome, null));
    }
}
