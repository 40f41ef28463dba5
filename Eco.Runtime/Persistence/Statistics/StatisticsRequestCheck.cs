using System.Collections.Immutable;

namespace Eco.Runtime.Persistence.Statistics;

/// <summary>What can be said against a request without reading the file; null where nothing can.</summary>
internal static class StatisticsRequestCheck
{
    private const int MaxNameLength = 512;
    private const int BytesPerRow = 96;

    public static string? Error(object request, StatisticsStoreOptions options) => request switch
    {
        RecordStatistics r => CountError(r.Rows.IsDefault ? null : r.Rows.Length, options) ?? RowsError(r.Rows),
        IngestStatistics r => CountError(r.Rows.IsDefault ? null : r.Rows.Length, options) ?? RowsError(r),
        ReadStatisticsAfter r => r.Limit is < 1 or > 10_000 ? FormattableString.Invariant($"a limit of {r.Limit} is not within 1 to 10,000") : null,
        _ => null,
    };

    public static long Bytes(object request) => BytesPerRow * request switch
    {
        RecordStatistics { Rows.IsDefault: false } r => r.Rows.Length + 1L,
        IngestStatistics { Rows.IsDefault: false } r => r.Rows.Length + 1L,
        _ => 1L,
    };

    public static long CorrelationOf(object request) => request switch
    {
        RecordStatistics r => r.CorrelationId,
        ReadStatisticsAfter r => r.CorrelationId,
        AcknowledgeStatistics r => r.CorrelationId,
        IngestStatistics r => r.CorrelationId,
        QueryLatestStatistics r => r.CorrelationId,
        _ => throw new ArgumentException($"{request.GetType().Name} is no statistics request"),
    };

    private static string? CountError(int? count, StatisticsStoreOptions options) =>
        count is null ? "the list of rows is missing; an empty one is written []"
        : count > options.MaxRowsPerRequest ? FormattableString.Invariant($"{count} rows are too many for one request, at most {options.MaxRowsPerRequest} are allowed")
        : null;

    private static string? RowsError(ImmutableArray<NewStatistic> rows)
    {
        foreach (NewStatistic row in rows)
        {
            if (RowError(row.Ion, row.Node, row.Agent, row.Name, row.Value, row.Timestamp) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static string? RowsError(IngestStatistics request)
    {
        if (string.IsNullOrEmpty(request.Agent) || request.Agent.Length > MaxNameLength)
        {
            return FormattableString.Invariant($"the agent's name is missing or longer than {MaxNameLength} characters");
        }

        long last = 0;
        foreach (StatisticsRow row in request.Rows)
        {
            if (row.SequenceNr <= last)
            {
                return FormattableString.Invariant($"number {row.SequenceNr} follows {last}; numbers rise from 1");
            }

            if (row.Agent != request.Agent)
            {
                return $"a row of {row.Agent} came from {request.Agent}";
            }

            if (RowError(row.Ion, row.Node, row.Agent, row.Name, row.Value, row.Timestamp) is { } error)
            {
                return error;
            }

            last = row.SequenceNr;
        }

        return null;
    }

    private static string? RowError(string ion, string node, string agent, string name, double value, HybridTimestamp at) =>
        !double.IsFinite(value) ? FormattableString.Invariant($"{ion}/{node}/{name} of {agent} is {value}; a statistic is a finite number")
        : new[] { ion, node, agent, name, at.Host }.Any(text => text is null || text.Length > MaxNameLength)
            ? FormattableString.Invariant($"a name of a statistic is missing or longer than {MaxNameLength} characters")
        : null;
}
