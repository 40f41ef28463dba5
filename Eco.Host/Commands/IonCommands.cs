using System.CommandLine;
using System.Text.Json;
using Eco.Actors.Console;
using Eco.Host.Output;

namespace Eco.Host.Commands;

/// <summary>Verbs about IONs.</summary>
internal static class IonCommands
{
    public static Command Build(VerbBuilder builder)
    {
        Command group = VerbBuilder.Group(
            "ion",
            "Applications: submit, look at, change",
            [
                Submit(builder),
                List(builder),
                Validate(builder),
                Diff(builder),
                Show(builder),
                Change(builder, "pause", "Stops an ION's runs; its models and history stay", ConsoleVerbs.IonPause),
                Change(builder, "resume", "Lets a paused ION run again", ConsoleVerbs.IonResume),
                Change(builder, "delete", "Ends an ION for good; its history stays", ConsoleVerbs.IonDelete),
            ]);
        return group;
    }

    private static Command Validate(VerbBuilder builder)
    {
        var file = new Argument<string>("file") { HelpName = "FILE", Description = "The ION (HOCON)" };
        return builder.Verb(
            "validate",
            "Checks an ION and reports everything that is wrong with it",
            [file],
            async scope =>
            {
                string path = scope.Required(file);
                ValidationView view = await IonFiles.ValidateAsync(scope, path, IonFiles.Read(path)).ConfigureAwait(false);
                if (scope.Output.Format == OutputFormat.Json)
                {
                    scope.Output.Json(JsonSerializer.SerializeToElement(view, ConsoleJson.Default.ValidationView));
                }
                else
                {
                    Print(scope.Output, view);
                }

                return view.Valid ? ExitCodes.Success : throw IonFiles.Invalid(path, view);
            });
    }

    private static Command Diff(VerbBuilder builder)
    {
        var file = new Argument<string>("file") { HelpName = "FILE", Description = "The ION (HOCON)" };
        return builder.Verb(
            "diff",
            "Says what submitting an ION would change",
            [file],
            async scope =>
            {
                string path = scope.Required(file);
                var (json, diff) = await IonFiles.AskWithFileAsync(scope, ConsoleVerbs.IonDiff, path, ConsoleJson.Default.DiffView).ConfigureAwait(false);
                if (scope.Output.Format == OutputFormat.Json)
                {
                    scope.Output.Json(json);
                    return ExitCodes.Success;
                }

                scope.Output.Line(diff.RunningVersion is { } version
                    ? $"{diff.Ion}: {(diff.Changes.Length == 0 ? "no change to" : "against")} version {Plain.Number(version)}"
                    : $"{diff.Ion}: new");
                foreach (string change in diff.Changes)
                {
                    scope.Output.Line($"  {change}");
                }

                return ExitCodes.Success;
            });
    }

    private static Command Submit(VerbBuilder builder)
    {
        var file = new Argument<string>("file") { HelpName = "FILE", Description = "The ION (HOCON)" };
        return builder.Verb(
            "submit",
            "Gives an ION, or its next version, to the running host",
            [file],
            async scope =>
            {
                string path = scope.Required(file);
                var (json, submitted) = await IonFiles
                    .AskWithFileAsync(scope, ConsoleVerbs.IonSubmit, path, ConsoleJson.Default.SubmissionView).ConfigureAwait(false);
                if (scope.Output.Format == OutputFormat.Json)
                {
                    scope.Output.Json(json);
                    return ExitCodes.Success;
                }

                scope.Output.Line($"{submitted.Ion} version {Plain.Number(submitted.Version)}{(submitted.Changes.Length == 0 ? ", unchanged" : "")}");
                foreach (string change in submitted.Changes)
                {
                    scope.Output.Line($"  {change}");
                }

                foreach (string warning in submitted.Warnings)
                {
                    scope.Output.Note(warning);
                }

                return ExitCodes.Success;
            });
    }

    private static Command List(VerbBuilder builder)
    {
        Command list = builder.Verb(
            "list",
            "Lists the IONs",
            [],
            async scope =>
            {
                var (json, ions) = await scope.Host
                    .AskAsync(ConsoleVerbs.IonList, Arguments.None, null, ConsoleJson.Default.ImmutableArrayIonView, scope.Cancellation).ConfigureAwait(false);
                if (scope.Output.Format == OutputFormat.Json)
                {
                    scope.Output.Json(json);
                    return ExitCodes.Success;
                }

                scope.Output.Table(Tables.Ions(ions), "no IONs");
                return ExitCodes.Success;
            });
        list.Aliases.Add("ls");
        return list;
    }

    private static Command Show(VerbBuilder builder)
    {
        var ion = new Argument<string>("ion") { HelpName = "ION", Description = "Its id; with --graph also a file" };
        var graph = new Option<bool>("--graph") { Description = "Draw its two-level graph" };
        var mermaid = new Option<bool>("--mermaid") { Description = "Draw it as a Mermaid flow chart" };
        return builder.Verb(
            "show",
            "Shows an ION: where it runs, its rounds, models and statistics",
            [ion, graph, mermaid],
            async scope =>
            {
                if (scope.Parsed.GetValue(graph) || scope.Parsed.GetValue(mermaid))
                {
                    await IonGraphs.ShowAsync(scope, scope.Required(ion), scope.Parsed.GetValue(mermaid)).ConfigureAwait(false);
                    return ExitCodes.Success;
                }

                var (json, detail) = await scope.Host.AskAsync(
                    ConsoleVerbs.IonShow,
                    Arguments.Of(("ion", scope.Required(ion))),
                    null,
                    ConsoleJson.Default.IonDetailView,
                    scope.Cancellation).ConfigureAwait(false);
                if (scope.Output.Format == OutputFormat.Json)
                {
                    scope.Output.Json(json);
                    return ExitCodes.Success;
                }

                Print(scope.Output, detail);
                return ExitCodes.Success;
            });
    }

    private static Command Change(VerbBuilder builder, string name, string description, string verb)
    {
        var ion = new Argument<string>("ion") { HelpName = "ION" };
        return builder.Verb(
            name,
            description,
            [ion],
            async scope =>
            {
                var (json, changed) = await scope.Host.AskAsync(
                    verb,
                    Arguments.Of(("ion", scope.Required(ion))),
                    null,
                    ConsoleJson.Default.IonView,
                    scope.Cancellation).ConfigureAwait(false);
                if (scope.Output.Format == OutputFormat.Json)
                {
                    scope.Output.Json(json);
                    return ExitCodes.Success;
                }

                scope.Output.Line($"{changed.Id} version {Plain.Number(changed.Version)} {changed.State}");
                return ExitCodes.Success;
            });
    }

    private static void Print(CommandOutput output, ValidationView view)
    {
        foreach (FindingView finding in view.Findings)
        {
            output.Line(IonFiles.Line(finding));
        }

        if (view.Valid)
        {
            string warnings = view.Findings.Length switch { 0 => "", 1 => ", with a warning", var count => $", with {Plain.Number(count)} warnings" };
            output.Line($"{view.Ion} is valid{warnings}");
        }

        if (!view.SelectorsChecked)
        {
            output.Line("selectors not checked: no host");
        }
    }

    private static void Print(CommandOutput output, IonDetailView detail)
    {
        IonView ion = detail.Ion;
        output.Line($"{ion.Id} version {Plain.Number(ion.Version)} {ion.State} since {Plain.Time(ion.ChangedAt)}");
        if (ion.Title.Length > 0)
        {
            output.Line(ion.Title);
        }

        output.Line();
        output.Table(Tables.Instances(detail.Instances), "runs nowhere");
        Section(output, $"rounds, {Plain.Number(detail.MergedRounds)} merged", Tables.Rounds(detail.Rounds));
        Section(output, "models", Tables.Models(detail.Models));
        Section(output, "statistics", Tables.Statistics(detail.Statistics));
    }

    private static void Section(CommandOutput output, string title, TextTable table)
    {
        if (table.Rows.Count > 0)
        {
            output.Line();
            output.Line(title);
            output.Table(table, "");
        }
    }
}
