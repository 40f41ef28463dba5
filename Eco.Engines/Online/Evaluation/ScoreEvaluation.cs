using Eco.Engines.Abstractions;
using Eco.Engines.Online.Components;
using Eco.Engines.Online.Learning;

namespace Eco.Engines.Online.Evaluation;

/// <summary>A component that compares one number per row with the row's label.</summary>
internal abstract class ScoreEvaluation(ComponentSetup setup) : OnlineComponent(setup)
{
    public sealed override void Step(StepScope scope)
    {
        double[] scores = scope.Input<double[]>("scores");
        double[] labels = RowChecks.Labels(scope.Rows(), $"component '{Name}'");
        if (scores.Length != labels.Length)
        {
            throw new PipelineException($"component '{Name}': {scores.Length} scores for {labels.Length} rows; feed both from the same rows");
        }

        Compare(scores, labels, scope);
    }

    /// <summary>Counts a batch and gives statistics.</summary>
    protected abstract void Compare(double[] scores, double[] labels, StepScope scope);
}
