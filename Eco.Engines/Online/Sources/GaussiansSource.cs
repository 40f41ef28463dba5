using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Components;

namespace Eco.Engines.Online.Sources;

/// <summary><c>source.gaussians</c>: see <see cref="GaussianClasses"/>.</summary>
internal sealed class GaussiansSource(ComponentSetup setup) : GeneratorComponent(setup)
{
    private static readonly GaussianClasses Defaults = new();

    public static readonly ComponentType Type = new(
        new ComponentDescriptor(
            "source.gaussians",
            [],
            [Describe.RowsOut],
            [
                Describe.Text("edge", "0", "Which edge's rows; a whole number, or label:NAME"),
                Describe.Integer("classes", Defaults.Classes, 2, 1000, "Classes"),
                Describe.Integer("features", Defaults.Features, 1, 10_000, "Features of a row"),
                Describe.Number("mean-spread", Defaults.MeanSpread, 0, 1e6, "Standard deviation of the class means' coordinates; the noise has 1"),
                Describe.Number("edge-shift", Defaults.EdgeShift, 0, 1e6, "Standard deviation by which an edge's means are shifted"),
                Describe.Integer("rows", Defaults.Rows, 1, 1_000_000, "Rows in a batch"),
                Describe.Batches,
            ],
            "Rows of Gaussian classes, labelled with class numbers from 0"),
        setup => new GaussiansSource(setup));

    private readonly int _edge = setup.IntegerText("edge", 0, 100_000);
    private readonly ulong _seed = setup.Context.Seed;
    private readonly GaussianClasses _classes = new()
    {
        Classes = setup.Int("classes"),
        Features = setup.Int("features"),
        MeanSpread = setup.Number("mean-spread"),
        EdgeShift = setup.Number("edge-shift"),
        Rows = setup.Int("rows"),
    };

    protected override RowBatch Make(long batch) => _classes.Batch(_seed, _edge, batch);
}
