using Eco.Engines.Data;

namespace Eco.Engines.Online.Components;

/// <summary>A source whose batches are functions of their number; that number is all its state.</summary>
internal abstract class GeneratorComponent(ComponentSetup setup) : SourceComponent(setup)
{
    private readonly long _limit = setup.Integer("batches");
    private long _next;

    public sealed override bool IsExhausted => _limit > 0 && _next >= _limit;

    public sealed override void Save(StateWriter writer) => writer.Int64(_next);

    public sealed override void Load(ref StateReader reader)
    {
        _next = reader.Int64();
        if (_next < 0)
        {
            throw reader.Damaged($"batch number {_next}");
        }
    }

    protected sealed override RowBatch Next() => Make(_next++);

    /// <summary>The batch of a number, from 0.</summary>
    protected abstract RowBatch Make(long batch);
}
