using Eco.Engines.Abstractions;
using Eco.Engines.Data;

namespace Eco.Engines.Online.Learning;

/// <summary>What every learner asks of its rows.</summary>
internal static class RowChecks
{
    public static void Finite(RowBatch batch, string learner)
    {
        int index = batch.Values.AsSpan().IndexOfAnyExceptInRange(double.MinValue, double.MaxValue);
        if (index >= 0)
        {
            throw new PipelineException($"{learner}: row {index / batch.Features}, feature {index % batch.Features} of the batch is {batch.Values[index]}; only finite numbers can be learnt from");
        }
    }

    public static void Features(RowBatch batch, int expected, string learner)
    {
        if (batch.Features != expected)
        {
            throw new PipelineException($"{learner}: rows have {batch.Features} features, the model has {expected}");
        }
    }

    public static double[] Labels(RowBatch batch, string learner)
    {
        double[] labels = batch.Labels ?? throw new PipelineException($"{learner}: the rows have no labels; name a label column in the source");
        int index = labels.AsSpan().IndexOfAnyExceptInRange(double.MinValue, double.MaxValue);
        return index < 0 ? labels : throw new PipelineException($"{learner}: the label of row {index} of the batch is {labels[index]}; labels must be finite");
    }

    /// <summary>A label as a class number.</summary>
    public static int Class(double label, int classes, string learner)
        => label >= 0 && label < classes && label == Math.Floor(label)
            ? (int)label
            : throw new PipelineException($"{learner}: label {label} is no class; classes are whole numbers from 0 to {classes - 1}");
}
