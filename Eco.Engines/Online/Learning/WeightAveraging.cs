using System.Collections.Immutable;
using Eco.Engines.Abstractions;

namespace Eco.Engines.Online.Learning;

/// <summary>Federated averaging of linear models: <c>w = Σ n_i·w_i / Σ n_i</c>, n_i the rows behind each (McMahan et al., AISTATS 2017).</summary>
public static class WeightAveraging
{
    /// <summary>Averages.</summary>
    /// <param name="models">Artefacts of one kind, <c>softmax/1</c> or <c>linear/1</c>, and shape.</param>
    /// <param name="refusals">Takes a line for each that could not be used.</param>
    /// <exception cref="PipelineException">None can be used.</exception>
    public static ModelArtifact Merge(ImmutableArray<ModelArtifact> models, ICollection<string> refusals)
    {
        ArgumentNullException.ThrowIfNull(refusals);
        LinearWeights? first = null;
        string kind = models.Select(m => m.Kind).FirstOrDefault(k => k is LinearWeights.SoftmaxKind or LinearWeights.LinearKind, LinearWeights.SoftmaxKind);
        double[] sums = [];
        double[] plain = [];
        double total = 0;
        int used = 0;
        for (int i = 0; i < models.Length; i++)
        {
            try
            {
                LinearWeights model = LinearWeights.Decode(models[i], kind, out double weight);
                first ??= model;
                if (model.Outputs != first.Outputs || model.Inputs != first.Inputs)
                {
                    throw new PipelineException($"{model.Outputs} outputs of {model.Inputs} features, where the others have {first.Outputs} of {first.Inputs}");
                }

                sums = sums.Length == 0 ? new double[model.Values.Length] : sums;
                plain = plain.Length == 0 ? new double[model.Values.Length] : plain;
                for (int j = 0; j < sums.Length; j++)
                {
                    sums[j] += weight * model.Values[j];
                    plain[j] += model.Values[j];
                }

                total += weight;
                used++;
            }
            catch (PipelineException refusal)
            {
                refusals.Add($"model {i} is left out: {refusal.Message}");
            }
        }

        // Reports without new rows behind them are all as good: their plain mean.
        return used > 0
            ? new LinearWeights(first!.Outputs, first.Inputs, [.. total > 0 ? sums.Select(s => s / total) : plain.Select(s => s / used)]).Encode(kind, total)
            : throw new PipelineException($"merge by average: none of {models.Length} models can be used: {string.Join("; ", refusals)}");
    }
}
