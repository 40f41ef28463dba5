using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Statistics;

namespace Eco.Runtime.Simulation;

/// <summary>The statistics store as one incarnation of a host has it; it checks requests as the SQLite store does.</summary>
public sealed class SimulatedStatisticsStore : IStatisticsStore
{
    /// <summary>Only for the limits of requests; nothing is opened.</summary>
    private static readonly StatisticsStoreOptions Limits = new() { Path = "simulated" };

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
        Write(request, replyTo, () => _storage.Record(request), () => request.Rows.Length);
    }

    /// <inheritdoc/>
    public void ReadAfter(ReadStatisticsAfter request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        Read(request, replyTo, () => _storage.ReadAfter(request));
    }

    /// <inheritdoc/>
    public void AcknowledgeUpTo(AcknowledgeStatistics request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        Write(request, replyTo, () => _storage.AcknowledgeUpTo(request), () => 0);
    }

    /// <inheritdoc/>
    public void Ingest(IngestStatistics request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        Write(request, replyTo, () => _storage.Ingest(request), () => request.Rows.Length);
    }

    /// <inheritdoc/>
    public void Latest(QueryLatestStatistics request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        Read(request, replyTo, () => _storage.Latest(request));
    }

    private static StatisticsFailed Failure(object request, string reason) => new(StatisticsRequestCheck.CorrelationOf(request), reason);

    private void Write(object request, IActorRef replyTo, Func<object> run, Func<int> rows)
    {
        // Rows are counted only after the check, which refuses a missing list.
        if (!IsRefused(request, replyTo))
        {
            _device.Write(new WriteOperation(_storage, request, replyTo, rows(), run));
        }
    }

    private void Read(object request, IActorRef replyTo, Func<object> run)
    {
        if (!IsRefused(request, replyTo))
        {
            _device.Read(new ReadOperation(replyTo, () => run(), reason => Failure(request, reason)));
        }
    }

    private bool IsRefused(object request, IActorRef replyTo)
    {
        if (StatisticsRequestCheck.Error(request, Limits) is not { } error)
        {
            return false;
        }

        _device.Answer(replyTo, Failure(request, error));
        return true;
    }

    private sealed class WriteOperation(
        SimulatedStatisticsStorage storage, object request, IActorRef replyTo, int rows, Func<object> run) : StorageOperation(replyTo)
    {
        public override long Bytes => rows * (long)SimulatedStatisticsStorage.RowBytes;

        public override object Run()
        {
            int before = storage.Rows;
            object answer = run();
            FreedBytes = (before + rows - storage.Rows) * (long)SimulatedStatisticsStorage.RowBytes;
            return answer;
        }

        public override object Failed(AppendFailureReason reason, string message) => Failure(request, message);
    }
}
