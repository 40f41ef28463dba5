using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Components;
using Eco.Engines.Online.Learning;

namespace Eco.Engines.Online.Training;

/// <summary><c>train.kmeans</c>: see <see cref="OnlineKMeans"/>.</summary>
internal sealed class KMeansTraining : OnlineComponent
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
    private readonly long _emitEvery;

    private KMeansTraining(ComponentSetup setup)
        : base(setup)
    {
        _emitEvery = setup.Integer("emit-every");
        KMeansOptions options = new()
        {
            Clusters = setup.Int("clusters"),
            Decay = setup.Number("decay"),
            Restarts = setup.Int("restarts"),
            DyingFraction = setup.Number("dying-fraction"),
        };
        ulong contributor = SeededRandom.Key($"{setup.Context.AgentId}/{setup.Name}");
        _learner = new OnlineKMeans(options, setup.Context.Seed ^ contributor, contributor);
    }

    public override void Step(StepScope scope)
    {
        if (_learner.Model is { } prior)
        {
            scope.Output("prior", prior);
        }

        double inertia = _learner.Learn(scope.Rows());
        if (_learner.Model is { } model)
        {
            scope.Output("model", model);
        }

        scope.Statistics(("batches", _learner.Batches), ("inertia", inertia), ("sequence", _learner.Sequence));
        if (_emitEvery > 0 && _learner.Batches % _emitEvery == 0 && _learner.Report() is { } report)
        {
            scope.Emit(report);
        }
    }

    public override void Accept(ModelArtifact model) => _learner.Apply(model);

    public override void Save(StateWriter writer) => _learner.Save(writer);

    public override void Load(ref StateReader reader) => _learner.Load(ref reader);
}
