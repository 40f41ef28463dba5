using System.CommandLine;
using System.Globalization;
using Eco.Actors.Console;
using Eco.Host.Output;

namespace Eco.Host.Commands;

/// <summary>Verbs about models.</summary>
internal static class ModelCommands
{
    public static Command Models(VerbBuilder builder)
    {
        var ion = new Option<string?>("--ion") { HelpName = "ION", Description = "Only this ION's" };
        return builder.Verb(
            "models",
            "Lists the models",
            [ion],
            async scope =>
            {
                var (json, models) = await scope.Host.AskAsync(
                    ConsoleVerbs.Models,
                    Arguments.Of(("ion", scope.Parsed.GetValue(ion))),
                    null,
                    ConsoleJson.Default.ImmutableArrayModelView,
                    scope.Cancellation).ConfigureAwait(false);
                if (scope.Output.Format == OutputFormat.Json)
                {
                    scope.Output.Json(json);
                    return ExitCodes.Success;
                }

                scope.Output.Table(Tables.Models(models), "no models");
                return ExitCodes.Success;
            });
    }

    public static Command WhoHas(VerbBuilder builder)
    {
        var model = new Argument<string>("model") { HelpName = "MODEL", Description = "The beginning of a hash, or ion/name@version" };
        return builder.Verb(
            "who-has",
            "Says where a model is in use, since when, what it was made from and who decided about it",
            [model],
            async scope =>
            {
                var (json, who) = await scope.Host.AskAsync(
                    ConsoleVerbs.WhoHas,
                    Arguments.Of(("model", scope.Required(model))),
                    null,
                    ConsoleJson.Default.WhoHasView,
                    scope.Cancellation).ConfigureAwait(false);
                if (scope.Output.Format == OutputFormat.Json)
                {
                    scope.Output.Json(json);
                }
                else
                {
                    Print(scope.Output, who);
                }

                return ExitCodes.Success;
            });
    }

    public static Command Approve(VerbBuilder builder)
    {
        var ion = new Argument<string>("ion") { HelpName = "ION" };
        var model = new Argument<string?>("model")
        {
            HelpName = "MODEL[@VERSION]",
            Description = "May be left out where one waits",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var reject = new Option<bool>("--reject") { Description = "Reject it" };
        var reason = new Option<string?>("--reason") { HelpName = "TEXT", Description = "Why; goes to the timeline" };
        var by = new Option<string?>("--by") { HelpName = "NAME", Description = "Who decides (default: the user's name)" };
        return builder.Verb(
            "approve",
            "Approves (or rejects) a model that waits for a decision",
            [ion, model, reject, reason, by],
            async scope =>
            {
                (string? name, string? version) = Split(scope.Parsed.GetValue(model));
                bool rejected = scope.Parsed.GetValue(reject);
                var (json, decided) = await scope.Host.AskAsync(
                    ConsoleVerbs.Approve,
                    Arguments.Of(
                        ("ion", scope.Required(ion)),
                        ("model", name),
                        ("version", version),
                        ("decision", rejected ? "reject" : "approve"),
                        ("reason", scope.Parsed.GetValue(reason)),
                        ("by", scope.Parsed.GetValue(by) ?? Environment.UserName)),
                    null,
                    ConsoleJson.Default.ModelView,
                    scope.Cancellation).ConfigureAwait(false);
                if (scope.Output.Format == OutputFormat.Json)
                {
                    scope.Output.Json(json);
                }
                else
                {
                    scope.Output.Line($"{decided.Ion}/{decided.Name}@{Plain.Number(decided.Version)} {decided.State}");
                }

                return ExitCodes.Success;
            });
    }

    private static (string? Name, string? Version) Split(string? model)
    {
        if (model is null)
        {
            return (null, null);
        }

        int at = model.LastIndexOf('@');
        if (at < 0)
        {
            return (model, null);
        }

        string version = model[(at + 1)..];
        return long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? (model[..at], version)
            : throw new CommandException(
                ConsoleErrorCodes.Usage, $"'{version}' in '{model}' is not a version number", "give MODEL or MODEL@NUMBER; 'eco models' lists them");
    }

    private static void Print(CommandOutput output, WhoHasView who)
    {
        ModelView model = who.Model;
        output.Line($"{model.Ion}/{model.Name}@{Plain.Number(model.Version)}  {model.State}  {model.Kind}  {Plain.Bytes(model.Bytes)}  made {Plain.Time(model.CreatedAt)}");
        output.Line($"hash {model.Hash}");
        output.Line(who.Parents.Length == 0 ? "made from no other model" : $"made from {string.Join(", ", who.Parents.Select(parent => Plain.Hash(parent)))}");
        foreach (ApprovalView approval in who.Approvals)
        {
            string reason = approval.Reason.Length > 0 ? $": {approval.Reason}" : "";
            output.Line($"{approval.Decision} by {approval.By} at {Plain.Time(approval.At)}{reason}");
        }

        var table = new TextTable("AGENT", "NODE", "SINCE", "UNTIL");
        foreach (HolderView holder in who.Holders)
        {
            table.Add(holder.Agent, $"{holder.Ion}/{holder.Node}", Plain.Time(holder.Since), holder.Until is null ? "now" : Plain.Time(holder.Until));
        }

        output.Table(table, "no agent has used it");
    }
}
