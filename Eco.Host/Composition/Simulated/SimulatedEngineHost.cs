using Eco.Actors.Agents;
using Eco.Engines.Abstractions;
using Eco.Runtime.Actors;
using Eco.Runtime.Simulation;

namespace Eco.Host.Composition.Simulated;

/// <summary>
/// The engine port in the simulated world: the mathematics is real and done at once, its outcome arrives when the host's cost model says that
/// the rows are worked off.
/// </summary>
internal sealed class SimulatedEngineHost(EngineBench bench, SimulatedHost host, Action<string, StepResult>? onStep) : IEngineHost
{
    private static readonly TimeSpan CallCost = TimeSpan.FromTicks(500);
    private readonly Dictionary<string, TimeSpan> _busyUntil = new(StringComparer.Ordinal);

    public void Deploy(DeployPipeline request, IActorRef replyTo) => Complete(request.InstanceId, "deploy", bench.Deploy(request), replyTo);

    public void Step(StepPipeline request, IActorRef replyTo) => Complete(request.InstanceId, "step", bench.Step(request), replyTo);

    public void SwapModel(SwapPipelineModel request, IActorRef replyTo) =>
        Complete(request.InstanceId, "swap", bench.SwapModel(request), replyTo);

    public void Release(string instanceId) => bench.Release(instanceId);

    private void Complete(string instanceId, string what, object outcome, IActorRef replyTo)
    {
        TimeSpan now = host.World.Clock.Elapsed;
        TimeSpan start = _busyUntil.GetValueOrDefault(instanceId, now);
        TimeSpan cost = CallCost + (outcome is PipelineStepped stepped ? host.Compute.Duration(stepped.Result.Rows) : TimeSpan.Zero);
        TimeSpan end = (start > now ? start : now) + cost;
        _busyUntil[instanceId] = end;
        if (outcome is PipelineStepped done)
        {
            onStep?.Invoke(host.Id, done.Result);
        }

        host.Schedule(end - now, $"{instanceId} {what}", () => replyTo.Tell(outcome, null));
    }
}
