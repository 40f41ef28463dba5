using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Components;
using Eco.Engines.Online.Learning;

namespace Eco.Engines.Online.Sinks;

/// <summary><c>sink.alert</c>: an alert when scores are above a threshold that is learnt from the first ones: see <see cref="AnomalyThreshold"/>.</summary>
internal sealed class AlertSink(ComponentSetup setup) : OnlineComponent(setup)
{
    public static readonly ComponentType Type = new(
        new ComponentDescriptor(
            "sink.alert",
            [Describe.ScoresIn],
            [],
            [
                Describe.Integer("calibration", 400, 1, 1_000_000, "Scores that the threshold is made from"),
                Describe.Number("quantile", 0.99, 0, 1, "Which quantile of them is the threshold"),
                Describe.Number("share", 0.5, 0, 1, "Share of a batch's scores that must be above it"),
                Describe.Integer("quiet", 10, 0, 1_000_000, "Steps after an alert without another"),
            ],
            "Raises an alert when many of a batch's scores are above a quantile of the first scores"),
        setup => new AlertSink(setup));

    private readonly AnomalyThreshold _threshold = new(setup.Int("calibration"), setup.Number("quantile"));
    private readonly double _share = setup.Number("share");
    private readonly long _quiet = setup.Integer("quiet");
    private long _quietSteps;

    public override void Step(StepScope scope)
    {
        double[] judged = [.. scope.Input<double[]>("scores").Where(score => !_threshold.Calibrate(score))];
        _quietSteps = Math.Max(0, _quietSteps - 1);
        if (judged.Length == 0 || _quietSteps > 0)
        {
            return;
        }

        int above = judged.Count(score => score > _threshold.Value);
        if (above > 0 && above >= _share * judged.Length)
        {
            scope.Notify(
                PortType.Alert,
                FormattableString.Invariant($"{above} of {judged.Length} scores are above {_threshold.Value:G4}, the greatest is {judged.Max():G4}"));
            _quietSteps = _quiet + 1;
        }
    }

    public override void Save(StateWriter writer)
    {
        _threshold.Save(writer);
        writer.Int64(_quietSteps);
    }

    public override void Load(ref StateReader reader)
    {
        _threshold.Load(ref reader);
        _quietSteps = reader.Int64();
    }
}
