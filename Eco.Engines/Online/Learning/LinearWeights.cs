using System.Collections.Immutable;
using System.Numerics.Tensors;
using Eco.Engines.Abstractions;
using Eco.Engines.Data;

namespace Eco.Engines.Online.Learning;

/// <summary>
/// Weights of a linear map: <c>z_o = w_o·x + b_o</c>. Artefacts <c>softmax/1</c> and <c>linear/1</c>:
/// <code>
/// u16 outputs, u16 inputs, f64 weight (rows behind it), outputs × (inputs × f32 w, f32 b)
/// </code>
/// As a classifier it takes the greatest output (softmax does not change the order); as a regressor the only one.
/// </summary>
/// <param name="Outputs">At least 1.</param>
/// <param name="Inputs">Features of a row.</param>
/// <param name="Values">Output by output: the weights, then the bias.</param>
public sealed record LinearWeights(int Outputs, int Inputs, ImmutableArray<double> Values) : IClassifier, IRegressor
{
    /// <summary>Artefact kind of softmax regression.</summary>
    public const string SoftmaxKind = "softmax/1";

    /// <summary>Artefact kind of linear regression.</summary>
    public const string LinearKind = "linear/1";

    /// <inheritdoc/>
    public int Classes => Outputs;

    /// <inheritdoc/>
    public int Features => Inputs;

    /// <inheritdoc/>
    public int Classify(ReadOnlySpan<double> row)
    {
        int best = 0;
        double greatest = double.NegativeInfinity;
        for (int o = 0; o < Outputs; o++)
        {
            double value = Output(Values.AsSpan(), Inputs, o, row);
            if (value > greatest)
            {
                greatest = value;
                best = o;
            }
        }

        return best;
    }

    /// <inheritdoc/>
    public double Predict(ReadOnlySpan<double> row) => Output(Values.AsSpan(), Inputs, 0, row);

    internal static double Output(ReadOnlySpan<double> values, int inputs, int output, ReadOnlySpan<double> row)
    {
        ReadOnlySpan<double> own = values.Slice(output * (inputs + 1), inputs + 1);
        return TensorPrimitives.Dot(own[..inputs], row) + own[inputs];
    }

    internal ModelArtifact Encode(string kind, double weight)
    {
        StateWriter writer = new();
        writer.UInt16((ushort)Outputs);
        writer.UInt16((ushort)Inputs);
        writer.Double(weight);
        foreach (double value in Values)
        {
            writer.Single((float)value);
        }

        return new ModelArtifact(kind, writer.ToArray(), weight);
    }

    internal static LinearWeights Decode(ModelArtifact artifact, string kind, out double weight)
    {
        if (artifact.Kind != kind)
        {
            throw new PipelineException($"a model of kind {artifact.Kind} is no {kind}");
        }

        StateReader reader = new(artifact.Content, $"a model of kind {kind}");
        int outputs = reader.UInt16();
        int inputs = reader.UInt16();
        weight = reader.Double();
        long numbers = (long)outputs * (inputs + 1);
        if (outputs == 0 || inputs == 0 || weight < 0 || numbers * 4 != reader.Remaining || (kind == LinearKind && outputs != 1))
        {
            throw reader.Damaged($"{outputs} outputs of {inputs} features with weight {weight} in {artifact.Content.Length} bytes");
        }

        double[] values = new double[numbers];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = reader.Single();
        }

        return new LinearWeights(outputs, inputs, [.. values]);
    }
}
