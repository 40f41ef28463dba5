using System.Collections.Immutable;
using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Components;
using Eco.Engines.Online.Learning;

namespace Eco.Engines.Online.Training;

/// <summary>A linear model by stochastic gradient descent as a component: see <see cref="SgdLearner"/>.</summary>
internal abstract class SgdTraining(ComponentSetup setup, SgdLearner learner) : TrainingComponent(setup)
{
    private static readonly SgdOptions Defaults = new();

    protected static readonly ImmutableArray<SettingDescriptor> Settings =
    [
        Describe.Number("rate", Defaults.Rate, 1e-9, 100, "Learning rate at the start"),
        Describe.Number("rate-decay", Defaults.RateDecay, 0, 1, "How fast it falls: rate / (1 + rate-decay x rows)"),
        Describe.Number("l2", Defaults.L2, 0, 100, "Weight of the penalty on squared weights"),
        Describe.Number("blend", Defaults.Blend, 0, 1, "How much of a merged model is taken; 1 replaces the own one"),
        Describe.EmitEvery,
    ];

    protected override object? Model => learner.Model;

    protected override long Batches => learner.Batches;

    public override void Accept(ModelArtifact model) => learner.Apply(model);

    public override void Save(StateWriter writer) => learner.Save(writer);

    public override void Load(ref StateReader reader) => learner.Load(ref reader);

    protected override void Learn(RowBatch rows, StepScope scope)
    {
        double loss = learner.Learn(rows);
        scope.Statistics(("batches", learner.Batches), ("loss", loss));
    }

    protected override ModelArtifact? Report() => learner.Report();

    protected static SgdOptions Options(ComponentSetup setup) => new()
    {
        Rate = setup.Number("rate"),
        RateDecay = setup.Number("rate-decay"),
        L2 = setup.Number("l2"),
        Blend = setup.Number("blend"),
    };
}
