using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Components;
using Eco.Engines.Online.Learning;

namespace Eco.Engines.Online.Inference;

/// <summary>
/// A component that gives one number per row by a model. Fed from a learner's <c>prior</c> output it judges rows by the model as it was before learning from
/// them. Without a feed inside the pipeline, it uses the last model that came over an ION link, and passes rows by until one has come.
/// </summary>
internal abstract class InferenceComponent<TModel>(ComponentSetup setup) : OnlineComponent(setup)
    where TModel : class
{
    private readonly bool _isFed = setup.IsFed("model");
    private TModel? _linked;
    private ModelArtifact? _artifact;

    public sealed override void Step(StepScope scope)
    {
        TModel? model = _isFed ? scope.Input<TModel>("model") : _linked;
        if (model is null)
        {
            return;
        }

        RowBatch rows = scope.Rows();
        RowChecks.Finite(rows, $"component '{Name}'");
        RowChecks.Features(rows, FeaturesOf(model), $"component '{Name}'");
        double[] scores = new double[rows.Count];
        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] = Infer(model, rows.Row(i));
        }

        scope.Output("scores", scores);
    }

    public sealed override void Accept(ModelArtifact model)
    {
        if (_isFed)
        {
            throw new PipelineException($"component '{Name}' is fed inside its pipeline; link the model to the component that trains it");
        }

        _linked = Decode(model);
        _artifact = model;
    }

    public sealed override void Save(StateWriter writer)
    {
        writer.Text(_artifact?.Kind ?? string.Empty);
        writer.Blob(_artifact?.Content ?? []);
    }

    public sealed override void Load(ref StateReader reader)
    {
        string kind = reader.Text();
        byte[] content = reader.Blob().ToArray();
        _artifact = kind.Length > 0 ? new ModelArtifact(kind, content, 0) : null;
        _linked = _artifact is null ? null : Decode(_artifact);
    }

    protected abstract int FeaturesOf(TModel model);

    protected abstract double Infer(TModel model, ReadOnlySpan<double> row);

    protected abstract TModel Decode(ModelArtifact artifact);
}
