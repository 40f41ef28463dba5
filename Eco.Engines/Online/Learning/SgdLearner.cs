using System.Numerics.Tensors;
using Eco.Engines.Abstractions;
using Eco.Engines.Data;

namespace Eco.Engines.Online.Learning;

/// <summary>
/// A linear model learnt by stochastic gradient descent, row by row (Robbins and Monro 1951; Bottou, COMPSTAT 2010):
/// <c>w ← w − η_t·((∂loss/∂z)·x + λ·w)</c>, <c>b ← b − η_t·∂loss/∂z</c>. Its report carries the rows learnt from since the last merged model as
/// weight, as federated averaging has it (McMahan et al., AISTATS 2017).
/// </summary>
public abstract class SgdLearner
{
    private readonly string _kind;
    private readonly int _outputs;
    private readonly SgdOptions _options;
    private double[] _weights = [];
    private int _inputs;
    private long _rows;
    private long _rowsSinceMerge;

    private protected SgdLearner(string kind, int outputs, SgdOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _kind = kind;
        _outputs = outputs;
        _options = options;
    }

    /// <summary>The present weights, or null before the first batch and the first merged model.</summary>
    public LinearWeights? Model => _inputs == 0 ? null : new LinearWeights(_outputs, _inputs, [.. _weights]);

    /// <summary>Batches learnt from.</summary>
    public long Batches { get; private set; }

    /// <summary>Learns from labelled rows.</summary>
    /// <param name="batch">Finite rows with labels.</param>
    /// <returns>The mean loss of the rows, each before it was learnt from.</returns>
    /// <exception cref="PipelineException">A number is not finite, a label does not fit, the shape changed, or the weights diverge.</exception>
    public double Learn(RowBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        RowChecks.Finite(batch, _kind);
        double[] labels = RowChecks.Labels(batch, _kind);
        for (int r = 0; r < labels.Length; r++)
        {
            CheckLabel(labels[r]); // before anything is learnt, so that a refused batch changes nothing
        }

        if (_inputs == 0)
        {
            _inputs = batch.Features;
            _weights = new double[_outputs * (_inputs + 1)];
        }

        RowChecks.Features(batch, _inputs, _kind);
        double loss = 0;
        double[] gradient = new double[_outputs];
        for (int r = 0; r < batch.Count; r++)
        {
            loss += Descend(batch.Row(r), labels[r], gradient);
        }

        Batches++;
        if (!double.IsFinite(loss) || _weights.AsSpan().IndexOfAnyExceptInRange(-float.MaxValue, float.MaxValue) >= 0)
        {
            throw new PipelineException($"{_kind}: the weights diverge; lower the rate (now {_options.Rate:G3}) or standardise the features");
        }

        return batch.Count == 0 ? 0 : loss / batch.Count;
    }

    /// <summary>The weights with the rows behind them; null before the first batch.</summary>
    public ModelArtifact? Report() => Model?.Encode(_kind, _rowsSinceMerge);

    /// <summary>Takes a merged model in.</summary>
    /// <param name="artifact">Of the same kind and shape.</param>
    /// <exception cref="PipelineException">It does not fit; nothing has changed.</exception>
    public void Apply(ModelArtifact artifact)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        LinearWeights merged = LinearWeights.Decode(artifact, _kind, out _);
        if (merged.Outputs != _outputs || (_inputs != 0 && merged.Inputs != _inputs))
        {
            throw new PipelineException($"{_kind}: the model has {merged.Outputs} outputs of {merged.Inputs} features, this learner {_outputs} of {_inputs}");
        }

        double share = _inputs == 0 ? 1 : _options.Blend;
        if (_inputs == 0)
        {
            _inputs = merged.Inputs;
            _weights = new double[merged.Values.Length];
        }

        for (int i = 0; i < _weights.Length; i++)
        {
            _weights[i] += share * (merged.Values[i] - _weights[i]);
        }

        _rowsSinceMerge = 0;
    }

    internal void Save(StateWriter writer)
    {
        writer.Int32(_inputs);
        writer.Int64(Batches);
        writer.Int64(_rows);
        writer.Int64(_rowsSinceMerge);
        writer.Doubles(_weights);
    }

    internal void Load(ref StateReader reader)
    {
        int inputs = reader.Int32();
        long batches = reader.Int64();
        _rows = reader.Int64();
        _rowsSinceMerge = reader.Int64();
        double[] weights = reader.Doubles();
        if (inputs < 0 || weights.Length != (inputs == 0 ? 0 : _outputs * (inputs + 1L)))
        {
            throw reader.Damaged($"{weights.Length} weights for {_outputs} outputs of {inputs} features");
        }

        (_inputs, Batches, _weights) = (inputs, batches, weights);
    }

    /// <summary>Turns outputs z into the loss' derivatives by them, in place; gives the loss.</summary>
    private protected abstract double LossAndDerivative(Span<double> outputs, double label);

    /// <summary>Refuses a label that does not fit.</summary>
    private protected abstract void CheckLabel(double label);

    private double Descend(ReadOnlySpan<double> row, double label, Span<double> gradient)
    {
        for (int o = 0; o < _outputs; o++)
        {
            gradient[o] = LinearWeights.Output(_weights, _inputs, o, row);
        }

        double loss = LossAndDerivative(gradient, label);
        double rate = _options.Rate / (1 + (_options.RateDecay * _rows));
        for (int o = 0; o < _outputs; o++)
        {
            Span<double> own = _weights.AsSpan(o * (_inputs + 1), _inputs + 1);
            Span<double> slopes = own[.._inputs];
            TensorPrimitives.Multiply(slopes, 1 - (rate * _options.L2), slopes);
            TensorPrimitives.MultiplyAdd(row, -rate * gradient[o], slopes, slopes);
            own[_inputs] -= rate * gradient[o];
        }

        _rows++;
        _rowsSinceMerge++;
        return loss;
    }
}
