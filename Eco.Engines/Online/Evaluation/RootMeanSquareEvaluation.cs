using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Components;

namespace Eco.Engines.Online.Evaluation;

/// <summary><c>evaluate.rmse</c>: the root mean square difference of predictions and targets.</summary>
internal sealed class RootMeanSquareEvaluation(ComponentSetup setup) : ScoreEvaluation(setup)
{
    public static readonly ComponentType Type = new(
        new ComponentDescriptor(
            "evaluate.rmse",
            [Describe.RowsIn, Describe.ScoresIn],
            [Describe.StatisticsOut],
            [],
            "Root mean square difference of predictions and labels: of this batch and of all so far"),
        setup => new RootMeanSquareEvaluation(setup));

    private long _rows;
    private double _squares;

    public override void Save(StateWriter writer)
    {
        writer.Int64(_rows);
        writer.Double(_squares);
    }

    public override void Load(ref StateReader reader)
    {
        _rows = reader.Int64();
        _squares = reader.Double();
    }

    protected override void Compare(double[] scores, double[] labels, StepScope scope)
    {
        double squares = scores.Zip(labels).Sum(pair => (pair.First - pair.Second) * (pair.First - pair.Second));
        _rows += scores.Length;
        _squares += squares;
        if (scores.Length > 0)
        {
            scope.Statistics(("rmse", Math.Sqrt(squares / scores.Length)), ("mean-rmse", Math.Sqrt(_squares / _rows)));
        }
    }
}
