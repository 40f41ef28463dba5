using System.Globalization;
using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Statistics;

namespace Eco.Runtime.Simulation;

/// <summary>The statistics store as one incarnation of a host has it.</summary>
public sealed class SimulatedStatisticsStore : IStatisticsStore
{
    private const int RowBytes = 128;
    private const int MaximumPage = 10_000;
    private readonly SimulatedStatisticsStorage _storage;
    private readonly StorageDevice _device;

    internal SimulatedStatisticsStore(SimulatedStatisticsStorage storage, StorageDevice device)
    {
        _storage = storage;
        _device = device;
    }

    /// <inheritdoc/>
    public void Record(RecordStatistics request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        NewStatistic? bad = request.Rows.FirstOrDefault(row => !double.IsFinite(row.Value));
        Write(request.CorrelationId, replyTo, request.Rows.Length, () => _storage.Record(request), bad is null ? null : NotFinite(bad.Name, bad.Value));
    }

    /// <inheritdoc/>
    public void ReadAfter(ReadStatisticsAfter request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        string? error = request.Limit is < 1 or > MaximumPage
            ? string.Create(CultureInfo.InvariantCulture, $"a limit of {request.Limit} is not within 1 to {MaximumPage}")
            : null;
        Read(request.CorrelationId, replyTo, () => _storage.ReadAfter(request), error);
    }

    /// <inheritdoc/>
    public void AcknowledgeUpTo(AcknowledgeStatistics request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        Write(request.CorrelationId, replyTo, rows: 0, () => _storage.AcknowledgeUpTo(request), error: null);
    }

    /// <inheritdoc/>
    public void Ingest(IngestStatistics request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        StatisticsRow? bad = request.Rows.FirstOrDefault(row => !double.IsFinite(row.Value));
        Write(request.CorrelationId, replyTo, request.Rows.Length, () => _storage.Ingest(request), bad is null ? null : NotFinite(bad.Name, bad.Value));
    }

    /// <inheritdoc/>
    public void Latest(QueryLatestStatistics request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        Read(request.CorrelationId, replyTo, () => _storage.Latest(request), error: null);
    }

    private static string NotFinite(string name, double value) =>
        string.Create(CultureInfo.InvariantCulture, $"statistic '{name}' has the value {value}; only finite numbers are stored");

    private void Write(long correlationId, IActorRef replyTo, int rows, Func<object> run, string? error)
    {
        var operation = new WriteOperation(_storage, replyTo, rows, run, correlationId);
        if (error is null)
        {
            _device.Write(operation);
        }
        else
        {
            _device.Answer(operation, new StatisticsFailed(correlationId, error));
        }
    }

    private void Read(long correlationId, IActorRef replyTo, Func<object> run, string? error)
    {
        var operation = new ReadOperation(replyTo, () => [run()], message => new StatisticsFailed(correlationId, message));
        if (error is null)
        {
            _device.Read(operation);
        }
        else
        {
            _device.Answer(operation, new StatisticsFailed(correlationId, error));
        }
    }

    private sealed class WriteOperation(
        SimulatedStatisticsStorage storage, IActorRef replyTo, int rows, Func<object> run, long correlationId) : StorageOperation(replyTo)
    {
        public override long Bytes => rows * (long)RowBytes;

        public override IEnumerable<object> Run()
        {
            int before = storage.Rows;
            object answer = run();
            FreedBytes = (before + rows - storage.Rows) * (long)RowBytes;
            return [answer];
        }

        public override object Failed(AppendFailureReason reason, string message) => new StatisticsFailed(correlationId, message);
    }
}
