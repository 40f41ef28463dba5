using System.Collections.Immutable;
using Eco.Engines.Abstractions;
using Eco.Engines.Data;

namespace Eco.Engines.Online.Components;

/// <summary>What one component works on in one step, and where its results go.</summary>
internal sealed class StepScope(ComponentSpec component, ImmutableArray<ModelArtifact> linkedModels, StepOutcome outcome)
{
    /// <summary>Models that came over ION links for this step, for components that take many.</summary>
    public ImmutableArray<ModelArtifact> LinkedModels { get; } = linkedModels;

    public bool Has(string port) => component.Inputs.TryGetValue(port, out PortReference? source) && outcome.Values.ContainsKey(source);

    /// <summary>What feeds an input port.</summary>
    public T Input<T>(string port)
        where T : class
    {
        object value = outcome.Values[component.Inputs[port]];
        return value as T ?? throw new PipelineException(
            $"component '{component.Name}' cannot work with what '{component.Inputs[port]}' gives: it is a {Describe(value.GetType())}, a {Describe(typeof(T))} is wanted");
    }

    public RowBatch Rows() => Input<RowBatch>("rows");

    public void Output(string port, object value) => outcome.Values[new PortReference(component.Name, port)] = value;

    public void Statistic(string metric, double value)
    {
        if (!double.IsFinite(value))
        {
            throw new PipelineException($"component '{component.Name}': {metric} is {value}; it must be finite");
        }

        outcome.Statistics[$"{component.Name}.{metric}"] = value;
    }

    /// <summary>Named numbers for other components; they are in the step's result as well.</summary>
    public void Statistics(params ReadOnlySpan<(string Metric, double Value)> numbers)
    {
        var output = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        foreach ((string metric, double value) in numbers)
        {
            Statistic(metric, value);
            output[metric] = value;
        }

        Output("statistics", output.ToImmutable());
    }

    public void Emit(ModelArtifact model) => outcome.Models.Add(new EmittedModel(component.Name, model));

    public void Notify(PortType kind, string text) => outcome.Notices.Add(new EmittedNotice(component.Name, kind, text));

    public void CountRows(RowBatch batch)
    {
        outcome.Rows += batch.Count;
        outcome.RawBytes += batch.RawBytes;
    }

    private static string Describe(Type type) => type.Name.TrimStart('I');
}
