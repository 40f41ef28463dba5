using Eco.Actors.Agents;
using Eco.Runtime.Actors;

namespace Eco.Host.Composition;

/// <summary>The engine port on real threads: calls for one instance keep their order, instances share a few workers.</summary>
internal sealed class ThreadedEngineHost(EngineBench bench, IReadOnlyList<SerialWorker> workers) : IEngineHost
{
    public void Deploy(DeployPipeline request, IActorRef replyTo) =>
        Post(request.InstanceId, () => replyTo.Tell(bench.Deploy(request), null));

    public void Step(StepPipeline request, IActorRef replyTo) =>
        Post(request.InstanceId, () => replyTo.Tell(bench.Step(request), null));

    public void SwapModel(SwapPipelineModel request, IActorRef replyTo) =>
        Post(request.InstanceId, () => replyTo.Tell(bench.SwapModel(request), null));

    public void Release(string instanceId) => Post(instanceId, () => bench.Release(instanceId));

    private void Post(string instanceId, Action call) =>
        workers[(int)((uint)StringComparer.Ordinal.GetHashCode(instanceId) % (uint)workers.Count)].Post(call);
}
