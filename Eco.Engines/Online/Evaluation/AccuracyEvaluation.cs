using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Components;

namespace Eco.Engines.Online.Evaluation;

/// <summary><c>evaluate.accuracy</c>: the share of rows whose inferred class is their label.</summary>
internal sealed class AccuracyEvaluation(ComponentSetup setup) : ScoreEvaluation(setup)
{
    public static readonly ComponentType Type = new(
        new ComponentDescriptor(
            "evaluate.accuracy",
            [Describe.RowsIn, Describe.ScoresIn],
            [Describe.StatisticsOut],
            [],
            "Share of rows whose inferred class is their label: of this batch and of all so far"),
        setup => new AccuracyEvaluation(setup));

    private long _rows;
    private long _right;

    public override void Save(StateWriter writer)
    {
        writer.Int64(_rows);
        writer.Int64(_right);
    }

    public override void Load(ref StateReader reader)
    {
        _rows = reader.Int64();
        _right = reader.Int64();
    }

    protected override void Compare(double[] scores, double[] labels, StepScope scope)
    {
        int right = scores.Zip(labels).Count(pair => pair.First == pair.Second);
        _rows += scores.Length;
        _right += right;
        if (scores.Length > 0)
        {
            scope.Statistics(("accuracy", (double)right / scores.Length), ("mean-accuracy", (double)_right / _rows));
        }
    }
}
