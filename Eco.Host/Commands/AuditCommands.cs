using System.CommandLine;
using System.Text.Json;
using Eco.Actors.Console;
using Eco.Host.Composition;
using Eco.Host.Output;
using Eco.Host.State;
using Eco.Runtime.Persistence.Journals;
using Eco.Runtime.Persistence.Postgres;
using Eco.Runtime.Persistence.Sqlite;

namespace Eco.Host.Commands;

/// <summary>Verbs that hold journals to what was acknowledged.</summary>
internal static class AuditCommands
{
    public static Command Build(VerbBuilder builder) => VerbBuilder.Group(
        "audit", "Holds the journals to what was acknowledged", [Verify(builder)]);

    private static Command Verify(VerbBuilder builder)
    {
        var adopt = new Option<bool>("--adopt")
        {
            Description = "Accept journals that are sound in themselves but not what their head file says (a restored backup, a lost end), and give them a new head",
        };
        Option<string> config = DbCommands.ConfigOption("Verifies the journal in the database that this configuration names, in place of the state directory's");
        return builder.Verb(
            "verify",
            "Verifies every journal of the state directory: pages, hash chains, digests, head file",
            [adopt, config],
            scope =>
            {
                AuditedJournal[] audited;
                if (scope.Parsed.GetValue(config) is { } file)
                {
                    audited = [AuditDatabase(file)];
                }
                else
                {
                    scope.State.RequireReadable();
                    audited = scope.Parsed.GetValue(adopt) ? Adopt(scope.State) : [.. scope.State.WithJournal().Select(folder => Audit(scope.State, folder, adopted: false))];
                }

                Print(scope.Output, audited);
                return Task.FromResult(audited.Any(journal => journal.Problems.Length > 0) ? ExitCodes.State : ExitCodes.Success);
            });
    }

    private static AuditedJournal AuditDatabase(string file)
    {
        PostgresOptions database = DbCommands.DatabaseOf(HostOptionsReader.ReadFile(file), file);
        return Describe("database", DbCommands.Guarded(() => PostgresAdministration.Verify(database)), adopted: false);
    }

    private static AuditedJournal[] Adopt(StateDirectory state)
    {
        // The lock keeps a host from starting meanwhile.
        using StateLock held = state.Acquire();
        return [.. state.WithJournal().Select(folder =>
        {
            JournalVerification found = JournalVerifier.Verify(folder.Journal);
            bool adopts = !found.Problems.IsEmpty && found.CanBeAdopted;
            if (adopts)
            {
                try
                {
                    JournalVerifier.Adopt(folder.Journal);
                }
                catch (JournalOpenException error)
                {
                    throw new CommandException(ConsoleErrorCodes.State, $"'{folder.Journal}' {error.Cause}", error.Cure, error);
                }
            }

            return Audit(state, folder, adopts);
        })];
    }

    private static AuditedJournal Audit(StateDirectory state, HostFolder folder, bool adopted)
    {
        string name = Path.GetRelativePath(state.Root, folder.Path);
        try
        {
            return Describe(name, JournalVerifier.Verify(folder.Journal), adopted);
        }
        catch (JournalOpenException error)
        {
            return new AuditedJournal(name, 0, 0, 0, 0, adopted, [new AuditProblem("unreadable", error.Cause, error.Cure)]);
        }
    }

    private static AuditedJournal Describe(string name, JournalVerification found, bool adopted) => new(
        name,
        found.Entities,
        found.Events,
        found.Commit,
        found.LastOrdering,
        adopted,
        [.. found.Problems.Select(problem => new AuditProblem(problem.Name, problem.Detail, problem.Cure))]);

    private static void Print(CommandOutput output, AuditedJournal[] audited)
    {
        if (output.Format == OutputFormat.Json)
        {
            output.Json(JsonSerializer.SerializeToElement(audited, CommandJson.Default.AuditedJournalArray));
            return;
        }

        foreach (AuditedJournal journal in audited)
        {
            output.Line(journal.Problems.Length > 0
                ? $"fail  {journal.Journal}"
                : $"ok    {journal.Journal}: {Plain.Number(journal.Events)} events of {Plain.Number(journal.Entities)} entities, commit {Plain.Number(journal.Commit)}{(journal.Adopted ? ", adopted" : "")}");
            foreach (AuditProblem problem in journal.Problems)
            {
                output.Line($"      {problem.Outcome}: {problem.Text} -> {problem.Cure}");
            }
        }

        if (audited.Length == 0)
        {
            output.Line("no journal");
        }
    }
}
