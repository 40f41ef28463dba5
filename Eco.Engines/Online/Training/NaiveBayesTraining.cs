using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Components;
using Eco.Engines.Online.Learning;

namespace Eco.Engines.Online.Training;

/// <summary><c>train.naive-bayes</c>: see <see cref="NaiveBayes"/>.</summary>
internal sealed class NaiveBayesTraining(ComponentSetup setup) : TrainingComponent(setup)
{
    public static readonly ComponentType Type = new(
        new ComponentDescriptor(
            "train.naive-bayes",
            [Describe.RowsIn, Describe.MergedIn],
            [Describe.ModelOut, Describe.PriorOut, Describe.StatisticsOut],
            [Describe.Integer("classes", 2, 2, 1000, "Classes; labels are whole numbers from 0"), Describe.EmitEvery],
            "Gaussian naive Bayes; merging gives exactly the model of all rows together"),
        setup => new NaiveBayesTraining(setup));

    private readonly NaiveBayes _learner = new(setup.Int("classes"), Contributor(setup));

    protected override object? Model => _learner.Model;

    protected override long Batches => _learner.Batches;

    public override void Accept(ModelArtifact model) => _learner.Apply(model);

    public override void Save(StateWriter writer) => _learner.Save(writer);

    public override void Load(ref StateReader reader) => _learner.Load(ref reader);

    protected override void Learn(RowBatch rows, StepScope scope)
    {
        _learner.Learn(rows);
        scope.Statistics(("batches", _learner.Batches));
    }

    protected override ModelArtifact? Report() => _learner.Report();
}
