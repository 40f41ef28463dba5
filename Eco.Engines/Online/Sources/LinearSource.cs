using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Components;

namespace Eco.Engines.Online.Sources;

/// <summary><c>source.linear</c>: see <see cref="LinearTarget"/>.</summary>
internal sealed class LinearSource(ComponentSetup setup) : GeneratorComponent(setup)
{
    private static readonly LinearTarget Defaults = new();

    public static readonly ComponentType Type = new(
        new ComponentDescriptor(
            "source.linear",
            [],
            [Describe.RowsOut],
            [
                Describe.Text("edge", "0", "Which edge's rows; a whole number, or label:NAME"),
                Describe.Integer("features", Defaults.Features, 1, 10_000, "Features of a row"),
                Describe.Number("noise", Defaults.Noise, 0, 1e6, "Standard deviation of the target's noise"),
                Describe.Integer("rows", Defaults.Rows, 1, 1_000_000, "Rows in a batch"),
                Describe.Batches,
            ],
            "Rows labelled with a linear function of their features plus noise"),
        setup => new LinearSource(setup));

    private readonly int _edge = setup.IntegerText("edge", 0, 100_000);
    private readonly ulong _seed = setup.Context.Seed;
    private readonly LinearTarget _target = new()
    {
        Features = setup.Int("features"),
        Noise = setup.Number("noise"),
        Rows = setup.Int("rows"),
    };

    protected override RowBatch Make(long batch) => _target.Batch(_seed, _edge, batch);
}
