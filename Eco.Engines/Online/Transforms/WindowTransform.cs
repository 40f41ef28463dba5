using System.Collections.Immutable;
using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Components;
using Eco.Engines.Online.Learning;

namespace Eco.Engines.Online.Transforms;

/// <summary><c>transform.window</c>: see <see cref="WindowFeatures"/>.</summary>
internal sealed class WindowTransform : OnlineComponent
{
    public static readonly ComponentType Type = new(
        new ComponentDescriptor(
            "transform.window",
            [Describe.RowsIn],
            [Describe.RowsOut],
            [
                Describe.Integer("rows", 10, 1, 100_000, "Rows of a window"),
                Describe.Integer("step", 1, 1, 100_000, "Rows from one window to the next; as many as rows for tumbling windows"),
                Describe.Texts("features", "[\"mean\"]", false, "Which of mean, std, min and max are computed of each feature"),
            ],
            "Features of sliding or tumbling windows; a window has the label of its last row"),
        setup => new WindowTransform(setup));

    private readonly WindowFeatures _window;

    private WindowTransform(ComponentSetup setup)
        : base(setup)
    {
        ImmutableArray<string> features = setup.Texts("features");
        if (features.IsEmpty || features.Any(f => f is not ("mean" or "std" or "min" or "max")))
        {
            throw setup.Wrong("features", string.Join(", ", features), "a list of some of mean, std, min and max");
        }

        _window = new WindowFeatures(setup.Int("rows"), setup.Int("step"), features);
    }

    public override void Step(StepScope scope)
    {
        RowBatch windows = _window.Add(scope.Rows());
        if (windows.Count > 0)
        {
            scope.Output("rows", windows);
        }
    }

    public override void Save(StateWriter writer) => _window.Save(writer);

    public override void Load(ref StateReader reader) => _window.Load(ref reader);
}
