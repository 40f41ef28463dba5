using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Components;
using Eco.Engines.Online.Learning;

namespace Eco.Engines.Online.Training;

/// <summary><c>train.kmeans</c>: see <see cref="OnlineKMeans"/>.</summary>
internal sealed class KMeansTraining : TrainingComponent
{
    private static readonly KMeansOptions Defaults = new();

    public static readonly ComponentType Type = new(
        new ComponentDescriptor(
            "train.kmeans",
            [Describe.RowsIn, Describe.MergedIn],
            [Describe.ModelOut, Describe.PriorOut, Describe.StatisticsOut],
            [
                Describe.Integer("clusters", Defaults.Clusters, 1, 255, "k"),
                Describe.Number("decay", Defaults.Decay, 1e-3, 1, "What a batch's weight is multiplied with at each later batch"),
                Describe.Integer("restarts", Defaults.Restarts, 1, 1000, "k-means++ seedings tried on the first batch"),
                Describe.Number("dying-fraction", Defaults.DyingFraction, 0, 0.5, "A centre with less than this fraction of the greatest mass is re-seeded"),
                Describe.EmitEvery,
            ],
            "Online k-means with decay; emits what this edge alone has seen, and takes merged models in as the others' part"),
        setup => new KMeansTraining(setup));

    private readonly OnlineKMeans _learner;

    private KMeansTraining(ComponentSetup setup)
        : base(setup)
    {
        KMeansOptions options = new()
        {
            Clusters = setup.Int("clusters"),
            Decay = setup.Number("decay"),
            Restarts = setup.Int("restarts"),
            DyingFraction = setup.Number("dying-fraction"),
        };
        ulong contributor = Contributor(setup);
        _learner = new OnlineKMeans(options, setup.Context.Seed ^ contributor, contributor);
    }

    protected override object? Model => _learner.Model;

    protected override long Batches => _learner.Batches;

    public override void Accept(ModelArtifact model) => _learner.Apply(model);

    public override void Save(StateWriter writer) => _learner.Save(writer);

    public override void Load(ref StateReader reader) => _learner.Load(ref reader);

    protected override void Learn(RowBatch rows, StepScope scope)
    {
        double inertia = _learner.Learn(rows);
        scope.Statistics(("batches", _learner.Batches), ("inertia", inertia), ("sequence", _learner.Sequence));
    }

    protected override ModelArtifact? Report() => _learner.Report();
}
