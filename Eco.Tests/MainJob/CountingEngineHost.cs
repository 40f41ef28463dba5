using Eco.Actors.Agents;
using Eco.Runtime.Actors;

namespace Eco.Tests.MainJob;

/// <summary>An engine port that says when a pipeline is made, which is what a restart of a pipeline is.</summary>
internal sealed class CountingEngineHost(IEngineHost inner, Action<string> deployed) : IEngineHost
{
    public void Deploy(DeployPipeline request, IActorRef replyTo)
    {
        deployed(request.InstanceId);
        inner.Deploy(request, replyTo);
    }

    public void Step(StepPipeline request, IActorRef replyTo) => inner.Step(request, replyTo);

    public void SwapModel(SwapPipelineModel request, IActorRef replyTo) => inner.SwapModel(request, replyTo);

    public void Release(string instanceId) => inner.Release(instanceId);
}
