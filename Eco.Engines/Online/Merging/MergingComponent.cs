using System.Collections.Immutable;
using Eco.Engines.Abstractions;
using Eco.Engines.Online.Components;

namespace Eco.Engines.Online.Merging;

/// <summary>
/// A component that makes one model of many. It works on the models of a step's input and emits the outcome in the same step; a model that
/// does not fit is left out, with an event that says why. Without models a step does nothing.
/// </summary>
internal abstract class MergingComponent(ComponentSetup setup) : OnlineComponent(setup)
{
    public sealed override void Step(StepScope scope)
    {
        if (scope.LinkedModels.IsEmpty)
        {
            return;
        }

        List<string> refusals = [];
        (ModelArtifact merged, object model) = Merge(scope.LinkedModels, refusals);
        refusals.ForEach(refusal => scope.Notify(PortType.Event, refusal));
        scope.Output("model", model);
        scope.Statistics(("models", scope.LinkedModels.Length - refusals.Count), ("refused", refusals.Count), ("weight", merged.Weight));
        scope.Emit(merged);
    }

    /// <summary>Merges; gives the artefact and the same for use in this pipeline.</summary>
    protected abstract (ModelArtifact Merged, object Model) Merge(ImmutableArray<ModelArtifact> models, List<string> refusals);
}
