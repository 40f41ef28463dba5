using System.Collections.Immutable;
using System.Data.Common;
using System.Globalization;
using Dapper;
using Eco.Actors.Console;
using Eco.Actors.Ions;
using Eco.Actors.Ions.Language;
using Eco.Engines.Abstractions;
using static Eco.Actors.Timeline.Sql.TimelineRows;

namespace Eco.Actors.Timeline.Sql;

/// <summary>
/// The reading side of the timeline: answers the reading verbs of <see cref="ConsoleVerbs"/>, in the host and, when none runs, in the command
/// itself. Synchronous; used by one thread at a time. Each answer is read in one transaction, so it is one state of the timeline.
/// </summary>
public sealed class TimelineReader : IDisposable
{
    /// <summary>How many events <c>timeline</c> gives when no limit is asked for.</summary>
    public const int DefaultEventLimit = 200;

    private const int EventLimit = 100_000;
    private const int ListLimit = 1_000;
    private const int DetailLimit = 20;

    private readonly ITimelineSql _sql;
    private readonly IStatisticsSource? _statistics;
    private readonly IReadOnlyDictionary<string, ImmutableArray<ComponentDescriptor>> _engines;
    private DbTransaction? _transaction;

    /// <summary>Reads over a database that it closes at its end.</summary>
    /// <param name="sql">The database.</param>
    /// <param name="statistics">Where statistics are read; null for nowhere.</param>
    /// <param name="engines">The component types of each engine, to compare IONs.</param>
    public TimelineReader(
        ITimelineSql sql,
        IStatisticsSource? statistics,
        IReadOnlyDictionary<string, ImmutableArray<ComponentDescriptor>> engines)
    {
        _sql = sql;
        _statistics = statistics;
        _engines = engines;
    }

    /// <summary>Opens an existing file for reading only.</summary>
    /// <exception cref="DbException">The file is missing, unreadable or no database.</exception>
    public static TimelineReader Open(
        string path, IStatisticsSource? statistics, IReadOnlyDictionary<string, ImmutableArray<ComponentDescriptor>> engines) =>
        new(SqliteTimeline.OpenForReading(path), statistics, engines);

    /// <summary>Answers a reading verb; another verb is answered with an error.</summary>
    public ConsoleReply Answer(ConsoleRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Reading(() => AnswerInTransaction(request));
    }

    /// <summary>An ION's present version, state and source; null where there is none.</summary>
    public (IonView View, string Source)? FindIon(string id) => Reading(() => SelectIon(id));

    /// <summary>The time of the newest event; null where there is none.</summary>
    public DateTimeOffset? NewestEvent() =>
        Reading(() => Query<long?>("SELECT MAX(wall_ms) FROM event", null).Single()) is { } ms ? Time(ms) : null;

    /// <inheritdoc/>
    public void Dispose() => _sql.Dispose();

    private (IonView View, string Source)? SelectIon(string id) =>
        Query<IonRow>("SELECT id, version, state, title, source, changed_ms AS ChangedMs FROM ion WHERE id = @id", new { id })
            .Select(row => ((IonView, string)?)(row.View, row.Source))
            .FirstOrDefault();

    private T Reading<T>(Func<T> read) => _sql.InTransaction(writes: false, transaction =>
    {
        _transaction = transaction;
        try
        {
            return read();
        }
        finally
        {
            _transaction = null;
        }
    });

    private ConsoleReply AnswerInTransaction(ConsoleRequest request) => request.Verb switch
    {
        ConsoleVerbs.IonList => ConsoleJson.Reply(request.Id, IonList()),
        ConsoleVerbs.IonShow => IonShow(request),
        ConsoleVerbs.IonDiff => IonDifference(request),
        ConsoleVerbs.Agents => ConsoleJson.Reply(request.Id, Agents()),
        ConsoleVerbs.Models => Models(request),
        ConsoleVerbs.WhoHas => WhoHas(request),
        ConsoleVerbs.Timeline => Events(request),
        _ => ConsoleJson.Failure(
            request.Id, ConsoleErrorCodes.Usage, $"'{request.Verb}' is not answered from the timeline", "ask a running host"),
    };

    private static string? Argument(ConsoleRequest request, string name) =>
        request.Arguments.TryGetValue(name, out string? value) && value.Length > 0 ? value : null;

    private static ConsoleReply Missing(ConsoleRequest request, string name) => ConsoleJson.Failure(
        request.Id, ConsoleErrorCodes.Usage, $"'{request.Verb}' needs the argument '{name}'", $"give '{name}'");

    private ImmutableArray<IonView> IonList() =>
        [.. Query<IonRow>("SELECT id, version, state, title, source, changed_ms AS ChangedMs FROM ion ORDER BY id", null).Select(row => row.View)];

    private ConsoleReply IonShow(ConsoleRequest request)
    {
        if (Argument(request, "ion") is not { } ion)
        {
            return Missing(request, "ion");
        }

        if (SelectIon(ion) is not { } found)
        {
            return UnknownIon(request, ion);
        }

        var parameters = new { ion, limit = DetailLimit };
        return ConsoleJson.Reply(request.Id, new IonDetailView(
            found.View,
            found.Source,
            Query<long>("SELECT COUNT(*) FROM round WHERE ion = @ion AND state = 'merged'", parameters).Single(),
            [.. Query<InstanceRow>(
                "SELECT ion, node, agent, state, detail, changed_ms AS ChangedMs FROM instance WHERE ion = @ion ORDER BY node, agent LIMIT 10000",
                parameters).Select(row => row.View)],
            [.. Query<RoundRow>(
                """
                SELECT ion, node, round, state, expected, received, result_hash AS ResultHash, changed_ms AS ChangedMs
                FROM round WHERE ion = @ion ORDER BY changed_ms DESC, round DESC, node LIMIT @limit
                """,
                parameters).Select(row => row.View).Reverse()],
            [.. SelectModels("WHERE ion = @ion", parameters).Select(row => row.View).Reverse()],
            _statistics?.Newest(ion) ?? []));
    }

    private ConsoleReply IonDifference(ConsoleRequest request)
    {
        if (request.Body is not { } body)
        {
            return ConsoleJson.Failure(request.Id, ConsoleErrorCodes.Usage, $"'{request.Verb}' needs the text of an ION", "send it as the body");
        }

        IonParseResult parsed = IonParser.Parse(body, Argument(request, "file") ?? "ion", _engines);
        if (parsed.Definition is not { } submitted)
        {
            string errors = string.Join('\n', parsed.Diagnostics.Where(finding => finding.Severity == IonSeverity.Error));
            return ConsoleJson.Failure(request.Id, ConsoleErrorCodes.Invalid, errors, "correct the file; 'eco ion validate FILE' shows all findings");
        }

        var running = SelectIon(submitted.Id) is { View.State: not "deleted" } found ? found : default;
        IonDefinition? before = running.View is null ? null : IonParser.Parse(running.Source, submitted.Id, _engines).Definition;
        return ConsoleJson.Reply(
            request.Id,
            new DiffView(submitted.Id, running.View?.Version, [.. IonDiff.Compare(before, submitted).Select(change => change.ToString())]));
    }

    private ImmutableArray<AgentView> Agents()
    {
        ImmutableSortedDictionary<string, AgentBufferView> buffers = _statistics?.Buffers() ?? ImmutableSortedDictionary<string, AgentBufferView>.Empty;
        return [.. Query<AgentRow>(
            "SELECT id, site, role, labels, engines, incarnation, reachable, changed_ms AS ChangedMs FROM agent ORDER BY id",
            null).Select(row => row.View with { Buffer = buffers.GetValueOrDefault(row.Id) })];
    }

    private ConsoleReply Models(ConsoleRequest request)
    {
        string? ion = Argument(request, "ion");
        if (ion is not null && SelectIon(ion) is null)
        {
            return UnknownIon(request, ion);
        }

        ImmutableArray<ModelView> models =
            [.. SelectModels("WHERE @ion IS NULL OR ion = @ion", new { ion, limit = ListLimit }).Select(row => row.View).Reverse()];
        return ConsoleJson.Reply(request.Id, models);
    }

    private ConsoleReply WhoHas(ConsoleRequest request)
    {
        if (Argument(request, "model") is not { } name)
        {
            return Missing(request, "model");
        }

        if (!ModelName.TryParse(name, out ModelName? wanted, out string? problem))
        {
            return ConsoleJson.Failure(
                request.Id, ConsoleErrorCodes.Usage, problem, "give the beginning of a hash (at least 4 digits) or ion/name@version");
        }

        List<ModelRow> found = wanted.HashPrefix is { } prefix
            ? [.. SelectModels("WHERE hash >= @prefix AND hash < @end", new { prefix, end = prefix + "g", limit = ListLimit })]
            : [.. SelectModels(
                "WHERE ion = @Ion AND name = @Name AND (@Version IS NULL OR version = @Version)",
                new { wanted.Ion, wanted.Name, wanted.Version, limit = 1 })];
        if (found.Count == 0)
        {
            return ConsoleJson.Failure(
                request.Id, ConsoleErrorCodes.NotFound, $"there is no model '{name}'", "'eco models' lists the models with their hashes");
        }

        string[] hashes = [.. found.Select(row => row.Hash).Distinct(StringComparer.Ordinal)];
        if (hashes.Length > 1)
        {
            return ConsoleJson.Failure(
                request.Id,
                ConsoleErrorCodes.Usage,
                $"'{name}' is the beginning of {hashes.Length} hashes: {string.Join(", ", hashes.Take(5).Select(hash => hash[..Math.Min(16, hash.Length)]))}{(hashes.Length > 5 ? ", ..." : "")}",
                "give more digits");
        }

        return ConsoleJson.Reply(request.Id, Describe(found[0]));
    }

    private WhoHasView Describe(ModelRow model) => new(
        model.View,
        [.. Query<HolderRow>(
            """
            SELECT ion, node, agent, version, since_ms AS SinceMs, until_ms AS UntilMs
            FROM deployment WHERE hash = @Hash ORDER BY until_ms IS NOT NULL, agent, node, since_ms LIMIT 10000
            """,
            model).Select(row => row.View)],
        [.. Query<string>("SELECT DISTINCT parent_hash FROM lineage WHERE child_hash = @Hash ORDER BY parent_hash LIMIT 1000", model)],
        [.. Query<ApprovalRow>(
            """
            SELECT ion, model, version, decision, decided_by AS DecidedBy, reason, at_ms AS AtMs
            FROM approval WHERE ion = @Ion AND model = @Name AND version = @Version ORDER BY id LIMIT 1000
            """,
            model).Select(row => row.View)]);

    private ConsoleReply Events(ConsoleRequest request)
    {
        int limit = DefaultEventLimit;
        if (Argument(request, "limit") is { } limitText
            && (!int.TryParse(limitText, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > EventLimit))
        {
            return ConsoleJson.Failure(
                request.Id, ConsoleErrorCodes.Usage, $"limit '{limitText}' is not a number from 1 to {EventLimit}", "for instance: --limit 50");
        }

        long? sinceMs = null;
        if (Argument(request, "since") is { } since)
        {
            if (!DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset from))
            {
                return ConsoleJson.Failure(
                    request.Id, ConsoleErrorCodes.Usage, $"since '{since}' is not a time", "for instance: --since 2026-03-01T12:00:00Z");
            }

            sinceMs = from.ToUnixTimeMilliseconds();
        }

        string? ion = Argument(request, "ion");
        string? agent = Argument(request, "agent");
        string where = string.Join(" AND ", new[]
        {
            ion is null ? null : "ion = @ion",
            agent is null ? null : "agent = @agent",
            sinceMs is null ? null : "wall_ms >= @sinceMs",
        }.Where(condition => condition is not null).DefaultIfEmpty("1 = 1"));

        // The newest are wanted, told from the oldest to the newest.
        ImmutableArray<EventView> events =
            [.. Query<EventRow>(
                $"""
                SELECT ordering, wall_ms AS WallMs, counter, host, kind, ion, node, agent, text FROM event WHERE {where}
                ORDER BY wall_ms DESC, counter DESC, host DESC, ordering DESC, position DESC LIMIT @limit
                """,
                new { ion, agent, sinceMs, limit }).Select(row => row.View).Reverse()];
        return ConsoleJson.Reply(request.Id, events);
    }

    private ConsoleReply UnknownIon(ConsoleRequest request, string ion) => ConsoleJson.Failure(
        request.Id, ConsoleErrorCodes.NotFound, $"there is no ION '{ion}'", "'eco ion list' lists them");

    private IEnumerable<ModelRow> SelectModels(string where, object parameters) => Query<ModelRow>(
        $"SELECT ion, name, version, hash, kind, state, bytes, created_ms AS CreatedMs FROM model {where} ORDER BY created_ms DESC, version DESC, ion, name LIMIT @limit",
        parameters);

    private IEnumerable<T> Query<T>(string sql, object? parameters) => _transaction!.Connection!.Query<T>(sql, parameters, _transaction);
}
