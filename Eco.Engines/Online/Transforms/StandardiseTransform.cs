using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Components;
using Eco.Engines.Online.Learning;

namespace Eco.Engines.Online.Transforms;

/// <summary><c>transform.standardise</c>: see <see cref="Standardiser"/>.</summary>
internal sealed class StandardiseTransform(ComponentSetup setup) : OnlineComponent(setup)
{
    public static readonly ComponentType Type = new(
        new ComponentDescriptor(
            "transform.standardise",
            [Describe.RowsIn],
            [Describe.RowsOut],
            [Describe.Integer("freeze-after", 0, 0, 1_000_000_000, "Rows after which mean and deviation stay as they are; 0 for never")],
            "Brings each feature to mean 0 and deviation 1 by the rows seen so far"),
        setup => new StandardiseTransform(setup));

    private readonly Standardiser _standardiser = new(setup.Integer("freeze-after"));

    public override void Step(StepScope scope) => scope.Output("rows", _standardiser.Scale(scope.Rows()));

    public override void Save(StateWriter writer) => _standardiser.Save(writer);

    public override void Load(ref StateReader reader) => _standardiser.Load(ref reader);
}
