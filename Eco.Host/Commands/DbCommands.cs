using System.Collections.Immutable;
using System.CommandLine;
using System.Data.Common;
using System.Text.Json;
using Eco.Actors.Console;
using Eco.Actors.Timeline.Sql;
using Eco.Host.Composition;
using Eco.Host.Output;
using Eco.Host.State;
using Eco.Runtime.Persistence.Journals;
using Eco.Runtime.Persistence.Postgres;
using Eco.Runtime.Persistence.Postgres.Import;

namespace Eco.Host.Commands;

/// <summary>Verbs about the PostgreSQL that servers share.</summary>
internal static class DbCommands
{
    public static Command Build(VerbBuilder builder) => VerbBuilder.Group(
        "db", "Looks after the PostgreSQL database that servers share", [Migrate(builder), Status(builder), Import(builder)]);

    /// <summary>The database of a host's configuration.</summary>
    /// <exception cref="CommandException">Code <c>invalid</c>: the configuration names none.</exception>
    public static PostgresOptions DatabaseOf(HostOptions options, string file) => options.Database.Length == 0
        ? throw new CommandException(
            ConsoleErrorCodes.Invalid, $"'{file}' names no database", "set eco.server.database in it, as hocon/reference.conf describes")
        : new PostgresOptions { ConnectionString = DatabaseConnection.Of(options), HostName = options.HostId };

    /// <summary>For <c>eco doctor</c>: whether the database of a configuration can be used, and what endangers commits.</summary>
    public static DoctorCheck Examine(HostOptions options)
    {
        try
        {
            PostgresStatus status = PostgresAdministration.Status(DatabaseOf(options, "the configuration"));
            string[] warnings = [.. SchemaWarnings(status), .. status.Warnings()];
            return warnings.Length == 0
                ? new DoctorCheck("database", DoctorOutcome.Ok, $"{status.Database}, PostgreSQL {status.Version}", string.Empty)
                : new DoctorCheck("database", DoctorOutcome.Warn, warnings[0], "'eco db status' shows all");
        }
        catch (StorageOpenException e)
        {
            return new DoctorCheck("database", DoctorOutcome.Fail, $"{Path.GetFileName(e.File)} {e.Cause}", e.Cure);
        }
    }

    /// <summary>Runs something on the database, and says what is wrong where it cannot.</summary>
    /// <exception cref="CommandException">Code <c>state</c>.</exception>
    public static T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (StorageOpenException e)
        {
            throw new CommandException(ConsoleErrorCodes.State, $"{Path.GetFileName(e.File)} {e.Cause}", e.Cure, e);
        }
        catch (DbException e)
        {
            throw new CommandException(ConsoleErrorCodes.State, $"the database failed: {e.Message}", "'eco db status' says more", e);
        }
    }

    /// <summary>The option that names a host's configuration.</summary>
    public static Option<string> ConfigOption(string description) => new("--config", "-c") { HelpName = "FILE", Description = description };

    private static Option<string> Required()
    {
        Option<string> option = ConfigOption("A server's configuration (HOCON), which names the database");
        option.Required = true;
        return option;
    }

    private static Command Migrate(VerbBuilder builder)
    {
        Option<string> file = Required();
        return builder.Verb(
            "migrate",
            "Brings the database's schema up to this version",
            [file],
            scope =>
            {
                PostgresOptions options = Read(scope, file).Options;
                (int before, int after) = Guarded(() => PostgresAdministration.Migrate(options));
                if (scope.Output.Format == OutputFormat.Json)
                {
                    scope.Output.Json(JsonSerializer.SerializeToElement(new MigrationLine(before, after), CommandJson.Default.MigrationLine));
                }
                else
                {
                    scope.Output.Line(before == after
                        ? $"the schema is {Plain.Number((long)after)} already"
                        : $"the schema went from {Plain.Number((long)before)} to {Plain.Number((long)after)}");
                }

                return Task.FromResult(ExitCodes.Success);
            });
    }

    private static Command Status(VerbBuilder builder)
    {
        Option<string> file = Required();
        return builder.Verb(
            "status",
            "Shows the database: server, schema, standbys, settings that endanger commits, sizes",
            [file],
            scope =>
            {
                PostgresOptions options = Read(scope, file).Options;
                PostgresStatus status = Guarded(() => PostgresAdministration.Status(options));
                ImmutableArray<string> warnings = [.. SchemaWarnings(status), .. status.Warnings()];
                if (scope.Output.Format == OutputFormat.Json)
                {
                    scope.Output.Json(JsonSerializer.SerializeToElement(DocumentOf(status, warnings), CommandJson.Default.DatabaseDocument));
                }
                else
                {
                    Print(scope.Output, status, warnings);
                }

                return Task.FromResult(ExitCodes.Success);
            });
    }

    private static Command Import(VerbBuilder builder)
    {
        Option<string> file = Required();
        return builder.Verb(
            "import",
            "Moves a server from the files of a state directory into an empty database, with its whole history",
            [file],
            scope =>
            {
                (PostgresOptions options, HostOptions host) = Read(scope, file);
                StateDirectory state = scope.GivenState ?? new StateDirectory(host.State);
                state.RequireReadable();
                using StateLock held = state.Acquire(); // Refuses a running host, and keeps one from starting.
                HostFolder folder = state.Server;
                if (!File.Exists(folder.Journal))
                {
                    throw new CommandException(
                        ConsoleErrorCodes.NotFound, $"the state directory '{state.Name}' holds no server's journal", "name the server's with --state DIR");
                }

                (PostgresImportResult moved, long? told) = Guarded(() => Move(options, folder));
                string kept = PutAside(folder);
                if (scope.Output.Format == OutputFormat.Json)
                {
                    scope.Output.Json(JsonSerializer.SerializeToElement(new ImportDocument(
                        moved.Partitions, moved.Entities, moved.Events, moved.LastOrdering, moved.StatisticsRows, moved.Artifacts, moved.ArtifactBytes, told, kept),
                        CommandJson.Default.ImportDocument));
                }
                else
                {
                    scope.Output.Line($"moved and verified: {Plain.Number(moved.Events)} events of {Plain.Number(moved.Entities)} entities in {Plain.Number((long)moved.Partitions)} partitions");
                    scope.Output.Line($"{Plain.Number(moved.StatisticsRows)} rows of statistics, {Plain.Number(moved.Artifacts)} artefacts ({Plain.Bytes(moved.ArtifactBytes)})");
                    scope.Output.Line(told is { } events ? $"the timeline with {Plain.Number(events)} events" : "the timeline is made anew by the first host");
                    scope.Output.Note($"the files are kept in '{kept}' and no host uses them any more; start the servers with eco.server.database");
                }

                return Task.FromResult(ExitCodes.Success);
            });
    }

    private static (PostgresOptions Options, HostOptions Host) Read(CommandScope scope, Option<string> file)
    {
        string name = scope.Parsed.GetRequiredValue(file);
        HostOptions options = HostOptionsReader.ReadFile(name);
        return (DatabaseOf(options, name), options);
    }

    private static (PostgresImportResult Moved, long? Told) Move(PostgresOptions options, HostFolder folder)
    {
        PostgresImportResult moved = PostgresImport.Run(options, new PostgresImportSource(folder.Journal, folder.Statistics, folder.Artifacts));
        if (!File.Exists(folder.Timeline))
        {
            return (moved, null);
        }

        using var timeline = new PostgresTimeline(options, "administration");
        return (moved, TimelineMove.Run(folder.Timeline, timeline));
    }

    // A host that started on them again would be a second truth.
    private static string PutAside(HostFolder folder)
    {
        string kept = folder.Path + ".imported";
        for (int number = 2; Directory.Exists(kept); number++)
        {
            kept = $"{folder.Path}.imported-{number}";
        }

        Directory.Move(folder.Path, kept);
        return kept;
    }

    private static IEnumerable<string> SchemaWarnings(PostgresStatus status) =>
        status.Schema == 0 ? ["the database is empty: the first server makes the schema"]
        : status.Schema < PostgresAdministration.Schema ? [$"schema {status.Schema} is older than this eco's {PostgresAdministration.Schema}: run 'eco db migrate'"]
        : status.Schema > PostgresAdministration.Schema ? [$"schema {status.Schema} is newer than this eco's {PostgresAdministration.Schema}: use a newer eco"]
        : [];

    private static DatabaseDocument DocumentOf(PostgresStatus status, ImmutableArray<string> warnings) => new(
        status.Database,
        status.Primary,
        status.Version,
        status.Schema,
        PostgresAdministration.Schema,
        status.Settings,
        [.. status.Standbys.Select(standby => new StandbyDocument(standby.Name, standby.State, standby.Sync))],
        status.Bytes,
        status.Tables.ToImmutableSortedDictionary(table => table.Table, table => table.Bytes, StringComparer.Ordinal),
        status.Partitions,
        status.Entities,
        status.Events,
        warnings);

    private static void Print(CommandOutput output, PostgresStatus status, ImmutableArray<string> warnings)
    {
        output.Line($"database  {status.Database}");
        output.Line($"primary   {status.Primary}, PostgreSQL {status.Version}");
        output.Line($"schema    {Plain.Number((long)status.Schema)} of {Plain.Number((long)PostgresAdministration.Schema)}");
        output.Line($"standbys  {(status.Standbys.IsEmpty ? "none" : string.Join(", ", status.Standbys.Select(standby => $"{standby.Name} ({standby.State}, {standby.Sync})")))}");
        output.Line($"journal   {Plain.Number(status.Events)} events of {Plain.Number(status.Entities)} entities in {Plain.Number(status.Partitions)} partitions");
        output.Line($"size      {Plain.Bytes(status.Bytes)}");
        foreach ((string table, long bytes) in status.Tables)
        {
            output.Line($"          {table} {Plain.Bytes(bytes)}");
        }

        foreach ((string setting, string value) in status.Settings)
        {
            output.Line($"setting   {setting} = {(value.Length == 0 ? "''" : value)}");
        }

        foreach (string warning in warnings)
        {
            output.Line($"warning   {warning}");
        }
    }
}
