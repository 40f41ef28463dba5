using System.Collections.Immutable;

namespace Eco.Engines.Abstractions;

/// <summary>A pipeline as an engine is given it: a directed acyclic graph of components (ECO, section 4.1, the lower level of an ION).</summary>
/// <param name="Components">In the order in which the user wrote them; the graph is in their inputs.</param>
public sealed record PipelineSpec(ImmutableArray<ComponentSpec> Components);

/// <summary>One component of a pipeline.</summary>
/// <param name="Name">Unique within the pipeline.</param>
/// <param name="Type">A type that the engine offers, such as <c>train.kmeans</c>.</param>
/// <param name="Inputs">For each input port that is connected inside the pipeline: the component and output port that feed it.</param>
/// <param name="Settings">
/// Settings in canonical text: numbers in invariant culture, flags <c>true</c>/<c>false</c>, durations in whole or fractional
/// milliseconds, lists as JSON arrays.
/// </param>
public sealed record ComponentSpec(
    string Name,
    string Type,
    ImmutableSortedDictionary<string, PortReference> Inputs,
    ImmutableSortedDictionary<string, string> Settings);

/// <summary>An output port of a component.</summary>
/// <param name="Component">The component's name.</param>
/// <param name="Port">The output port's name.</param>
public sealed record PortReference(string Component, string Port)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Component}.{Port}";
}

/// <summary>What flows through a port.</summary>
public enum PortType
{
    /// <summary>A batch of rows with optional labels.</summary>
    Rows,

    /// <summary>A model.</summary>
    Model,

    /// <summary>One number per row: scores or predictions.</summary>
    Scores,

    /// <summary>Named numbers of one step.</summary>
    Statistics,

    /// <summary>Something that happened, with a text.</summary>
    Event,

    /// <summary>Something that wants attention, with a text.</summary>
    Alert,
}

/// <summary>One port of a component type.</summary>
/// <param name="Name">Unique among the inputs, or among the outputs, of its type.</param>
/// <param name="Type">What flows through it.</param>
/// <param name="Required">For an input: whether the pipeline is wrong when nothing feeds it, from inside or over an ION link.</param>
/// <param name="Many">For an input: whether several may feed it (a merge takes many models).</param>
public sealed record PortDescriptor(string Name, PortType Type, bool Required = true, bool Many = false);

/// <summary>How a setting is written.</summary>
public enum SettingKind
{
    /// <summary>A finite number.</summary>
    Number,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>Free text.</summary>
    Text,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>A duration with a unit, kept in milliseconds.</summary>
    Duration,

    /// <summary>A list of texts.</summary>
    TextList,

    /// <summary>A list of finite numbers.</summary>
    NumberList,
}

/// <summary>One setting of a component type.</summary>
/// <param name="Name">The key, in kebab-case.</param>
/// <param name="Kind">How it is written.</param>
/// <param name="Default">Its canonical text when it is not given, or null when it must be given or has no value.</param>
/// <param name="Required">Whether it must be given.</param>
/// <param name="Minimum">The least admitted number, if there is one.</param>
/// <param name="Maximum">The greatest admitted number, if there is one.</param>
/// <param name="Documentation">One line, with the unit.</param>
public sealed record SettingDescriptor(
    string Name,
    SettingKind Kind,
    string? Default,
    bool Required,
    double? Minimum,
    double? Maximum,
    string Documentation);

/// <summary>A component type that an engine offers; the ION language checks graphs and settings against it.</summary>
/// <param name="Type">Group and name, such as <c>train.kmeans</c>; groups are source, transform, train, infer, evaluate, merge, sink.</param>
/// <param name="Inputs">Input ports; the first is the one meant when only a component is named.</param>
/// <param name="Outputs">Output ports; the first is the one meant when only a component is named.</param>
/// <param name="Settings">All settings.</param>
/// <param name="Documentation">One line.</param>
public sealed record ComponentDescriptor(
    string Type,
    ImmutableArray<PortDescriptor> Inputs,
    ImmutableArray<PortDescriptor> Outputs,
    ImmutableArray<SettingDescriptor> Settings,
    string Documentation);
