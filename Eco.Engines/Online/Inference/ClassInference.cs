using Eco.Engines.Abstractions;
using Eco.Engines.Online.Components;
using Eco.Engines.Online.Learning;

namespace Eco.Engines.Online.Inference;

/// <summary><c>infer.classify</c>: the most likely class of each row.</summary>
internal sealed class ClassInference(ComponentSetup setup) : InferenceComponent<IClassifier>(setup)
{
    public static readonly ComponentType Type = new(
        new ComponentDescriptor(
            "infer.classify",
            [Describe.RowsIn, Describe.ModelIn],
            [Describe.ScoresOut],
            [],
            "Class number of each row, by a softmax or naive Bayes model"),
        setup => new ClassInference(setup));

    protected override int FeaturesOf(IClassifier model) => model.Features;

    protected override double Infer(IClassifier model, ReadOnlySpan<double> row) => model.Classify(row);

    protected override IClassifier Decode(ModelArtifact artifact) => artifact.Kind == NaiveBayesArtifact.Kind
        ? new NaiveBayesModel(NaiveBayesArtifact.Decode(artifact).Moments)
        : LinearWeights.Decode(artifact, LinearWeights.SoftmaxKind, out _);
}
