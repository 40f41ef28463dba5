using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Components;
using Eco.Engines.Online.Learning;

namespace Eco.Engines.Online.Evaluation;

/// <summary><c>evaluate.anomaly</c>: see <see cref="AnomalyThreshold"/> and <see cref="DetectionScore"/>; rows used for calibration are not judged.</summary>
internal sealed class AnomalyEvaluation(ComponentSetup setup) : ScoreEvaluation(setup)
{
    public static readonly ComponentType Type = new(
        new ComponentDescriptor(
            "evaluate.anomaly",
            [Describe.RowsIn, Describe.ScoresIn],
            [Describe.StatisticsOut],
            [
                Describe.Integer("calibration", 400, 1, 1_000_000, "Scores that the threshold is made from; they are not judged"),
                Describe.Number("quantile", 0.99, 0, 1, "Which quantile of them is the threshold"),
                Describe.Integer("limit", 50_000, 1, 10_000_000, "Scores kept for AUC at most, 8 bytes each"),
            ],
            "F1 and AUC of anomaly scores against labels (not 0: anomaly), over all rows after calibration"),
        setup => new AnomalyEvaluation(setup));

    private readonly AnomalyThreshold _threshold = new(setup.Int("calibration"), setup.Number("quantile"));
    private readonly DetectionScore _detection = new(setup.Int("limit"));

    public override void Save(StateWriter writer)
    {
        _threshold.Save(writer);
        _detection.Save(writer);
    }

    public override void Load(ref StateReader reader)
    {
        _threshold.Load(ref reader);
        _detection.Load(ref reader);
    }

    protected override void Compare(double[] scores, double[] labels, StepScope scope)
    {
        for (int i = 0; i < scores.Length; i++)
        {
            if (!_threshold.Calibrate(scores[i]))
            {
                _detection.Add(scores[i], scores[i] > _threshold.Value, labels[i] != 0);
            }
        }

        if (_threshold.Value is { } threshold)
        {
            scope.Statistics(("f1", _detection.F1), ("auc", _detection.Auc), ("threshold", threshold));
        }
    }
}
