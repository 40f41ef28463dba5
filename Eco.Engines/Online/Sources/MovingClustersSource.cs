using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Components;

namespace Eco.Engines.Online.Sources;

/// <summary><c>source.moving-clusters</c>: see <see cref="MovingClusters"/>.</summary>
internal sealed class MovingClustersSource(ComponentSetup setup) : GeneratorComponent(setup)
{
    private static readonly MovingClusters Defaults = new();

    public static readonly ComponentType Type = new(
        new ComponentDescriptor(
            "source.moving-clusters",
            [],
            [Describe.RowsOut],
            [
                Describe.Text("edge", "0", "Which clusters: edge e draws evenly from clusters e, e+1, ...; a whole number, or label:NAME"),
                Describe.Integer("clusters", Defaults.Clusters, 1, 255, "How many clusters there are"),
                Describe.Integer("clusters-per-edge", Defaults.ClustersPerEdge, 1, 255, "How many of them one edge sees"),
                Describe.Number("radius", Defaults.Radius, 0, 1e6, "Radius of the circle that the centres are on"),
                Describe.Number("sigma", Defaults.Sigma, 0, 1e6, "Standard deviation of a cluster in each coordinate"),
                Describe.Number("turn", Defaults.TurnRadians, -4, 4, "Turn of the circle per batch, in radians"),
                Describe.Number("jump", Defaults.JumpRadians, -4, 4, "The jump, in radians"),
                Describe.Integer("jump-batch", Defaults.JumpBatch, 0, 1_000_000_000, "The first batch after the jump, from 0"),
                Describe.Integer("points", Defaults.Points, 1, 1_000_000, "Points in a batch"),
                Describe.Integer("seed", -1, -1, 9_007_199_254_740_992, "What is drawn is a function of seed, edge and batch, alike on all edges; -1 for the pipeline's own seed"),
                Describe.Integer("batches", 400, 0, 1_000_000_000, "Batches until the source is exhausted; 0 for no end"),
            ],
            "Points around centres that turn on a circle and jump once; carries the true centres for evaluation"),
        setup => new MovingClustersSource(setup));

    private readonly int _edge = setup.IntegerText("edge", 0, 100_000);
    private readonly ulong _seed = setup.Integer("seed") is >= 0 and var seed ? (ulong)seed : setup.Context.Seed;
    private readonly MovingClusters _clusters = new()
    {
        Clusters = setup.Int("clusters"),
        ClustersPerEdge = setup.Int("clusters-per-edge"),
        Radius = setup.Number("radius"),
        Sigma = setup.Number("sigma"),
        TurnRadians = setup.Number("turn"),
        JumpRadians = setup.Number("jump"),
        JumpBatch = setup.Integer("jump-batch"),
        Points = setup.Int("points"),
    };

    protected override RowBatch Make(long batch) => _clusters.Batch(_seed, _edge, batch);
}
