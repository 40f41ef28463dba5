using Eco.Engines.Data;

namespace Eco.Engines.Online.Components;

/// <summary>A component that reads or makes rows, one batch a step.</summary>
internal abstract class SourceComponent(ComponentSetup setup) : OnlineComponent(setup)
{
    public sealed override void Step(StepScope scope)
    {
        RowBatch? batch = IsExhausted ? null : Next();
        if (batch is not null)
        {
            scope.CountRows(batch);
            scope.Output("rows", batch);
        }
    }

    /// <summary>The next batch; null when there is none.</summary>
    protected abstract RowBatch? Next();
}
