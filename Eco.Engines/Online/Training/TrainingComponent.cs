using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Components;

namespace Eco.Engines.Online.Training;

/// <summary>
/// What all learners have in common as components: the output <c>prior</c> is the model as it was before the step's rows, <c>model</c> as it is after them; every
/// <c>emit-every</c> batches the learner's report is emitted for ION links.
/// </summary>
internal abstract class TrainingComponent(ComponentSetup setup) : OnlineComponent(setup)
{
    private readonly long _emitEvery = setup.Integer("emit-every");

    /// <summary>A snapshot of the model in use, or null.</summary>
    protected abstract object? Model { get; }

    /// <summary>Batches learnt from.</summary>
    protected abstract long Batches { get; }

    public sealed override void Step(StepScope scope)
    {
        if (Model is { } prior)
        {
            scope.Output("prior", prior);
        }

        long before = Batches;
        Learn(scope.Rows(), scope);
        if (Model is { } model)
        {
            scope.Output("model", model);
        }

        if (_emitEvery > 0 && Batches > before && Batches % _emitEvery == 0 && Report() is { } report)
        {
            scope.Emit(report);
        }
    }

    /// <summary>Learns from rows and gives statistics.</summary>
    protected abstract void Learn(RowBatch rows, StepScope scope);

    /// <summary>The artefact to emit.</summary>
    protected abstract ModelArtifact? Report();

    /// <summary>Who this learner is in merges.</summary>
    protected static ulong Contributor(ComponentSetup setup) => SeededRandom.Key($"{setup.Context.AgentId}/{setup.Name}");
}
