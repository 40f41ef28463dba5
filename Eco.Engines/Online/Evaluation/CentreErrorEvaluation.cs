using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Components;
using Eco.Engines.Online.Learning;

namespace Eco.Engines.Online.Evaluation;

/// <summary><c>evaluate.centre-error</c>: root mean square distance of the true centres to the model's under the best assignment.</summary>
internal sealed class CentreErrorEvaluation(ComponentSetup setup) : OnlineComponent(setup)
{
    public static readonly ComponentType Type = new(
        new ComponentDescriptor(
            "evaluate.centre-error",
            [Describe.RowsIn, Describe.ModelIn],
            [Describe.StatisticsOut],
            [Describe.Integer("skip", 20, 0, 1_000_000, "Batches left out of the mean")],
            "Distance of the true centres to the model's: of this batch and the mean so far"),
        setup => new CentreErrorEvaluation(setup));

    private readonly long _skip = setup.Integer("skip");
    private long _batches;
    private double _sum;

    public override void Step(StepScope scope)
    {
        double[] truth = scope.Rows().ReferenceCentres
            ?? throw new PipelineException($"component '{Name}': the rows carry no true centres; only generators such as source.moving-clusters know them");
        CentroidModel model = scope.Input<CentroidModel>("model");
        if (truth.Length != model.Centres.Length)
        {
            throw new PipelineException($"component '{Name}': there are {truth.Length / model.Dimensions} true centres but {model.Masses.Length} estimates; set clusters alike");
        }

        double error = model.ErrorAgainst(truth);
        _batches++;
        if (_batches <= _skip)
        {
            scope.Statistics(("centre-error", error));
            return;
        }

        _sum += error;
        scope.Statistics(("centre-error", error), ("mean-centre-error", _sum / (_batches - _skip)));
    }

    public override void Save(StateWriter writer)
    {
        writer.Int64(_batches);
        writer.Double(_sum);
    }

    public override void Load(ref StateReader reader)
    {
        _batches = reader.Int64();
        _sum = reader.Double();
    }
}
