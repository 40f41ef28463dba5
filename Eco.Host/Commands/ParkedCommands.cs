using System.CommandLine;
using Eco.Actors.Console;
using Eco.Host.Output;

namespace Eco.Host.Commands;

/// <summary>Verbs about messages that could not be applied and were set aside.</summary>
internal static class ParkedCommands
{
    public static Command Build(VerbBuilder builder) => VerbBuilder.Group(
        "parked",
        "Messages that could not be applied and were set aside",
        [
            List(builder),
            Show(builder),
            Settle(builder, "replay", "Applies a parked message after all; it stays parked if that fails", ConsoleVerbs.ParkedReplay),
            Settle(builder, "drop", "Forgets a parked message for good", ConsoleVerbs.ParkedDrop),
        ]);

    private static Command List(VerbBuilder builder)
    {
        var receiver = new Option<string?>("--receiver") { HelpName = "ENTITY", Description = "Only those of this entity" };
        return builder.Verb(
            "list",
            "Lists the parked messages of the server's entities",
            [receiver],
            async scope =>
            {
                var (json, messages) = await scope.Host.AskAsync(
                    ConsoleVerbs.ParkedList,
                    Arguments.Of(("receiver", scope.Parsed.GetValue(receiver))),
                    null,
                    ConsoleJson.Default.ImmutableArrayParkedView,
                    scope.Cancellation).ConfigureAwait(false);
                if (scope.Output.Format == OutputFormat.Json)
                {
                    scope.Output.Json(json);
                    return ExitCodes.Success;
                }

                var table = new TextTable("ID", "RECEIVER", "SENDER", "NUMBER", "MESSAGE", "ATTEMPTS", "PARKED", "REASON");
                foreach (ParkedView message in messages)
                {
                    table.Add(
                        message.Id,
                        message.Receiver,
                        message.Sender,
                        Plain.Number(message.SequenceNr),
                        message.Manifest,
                        Plain.Number(message.Attempts),
                        Plain.Time(message.ParkedAt),
                        message.Reason);
                }

                scope.Output.Table(table, "no parked messages");
                return ExitCodes.Success;
            });
    }

    private static Command Show(VerbBuilder builder)
    {
        Argument<string> id = Id();
        return builder.Verb(
            "show",
            "Shows a parked message with its payload and the stack of its last attempt",
            [id],
            async scope =>
            {
                var (json, detail) = await scope.Host.AskAsync(
                    ConsoleVerbs.ParkedShow,
                    Arguments.Of(("id", scope.Required(id))),
                    null,
                    ConsoleJson.Default.ParkedDetailView,
                    scope.Cancellation).ConfigureAwait(false);
                if (scope.Output.Format == OutputFormat.Json)
                {
                    scope.Output.Json(json);
                    return ExitCodes.Success;
                }

                ParkedView message = detail.Message;
                scope.Output.Line($"{message.Id}  {message.Manifest}  {Plain.Bytes(message.Bytes)}  parked {Plain.Time(message.ParkedAt)}");
                scope.Output.Line($"from {message.Sender} number {Plain.Number(message.SequenceNr)} to {message.Receiver}");
                scope.Output.Line($"{Plain.Number(message.Attempts)} attempts, the last: {message.Reason}");
                scope.Output.Line(detail.Payload);
                foreach (string line in detail.Stack.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                {
                    scope.Output.Line(line.TrimEnd());
                }

                return ExitCodes.Success;
            });
    }

    private static Command Settle(VerbBuilder builder, string name, string description, string verb)
    {
        Argument<string> id = Id();
        return builder.Verb(
            name,
            description,
            [id],
            async scope =>
            {
                var (json, settled) = await scope.Host.AskAsync(
                    verb,
                    Arguments.Of(("id", scope.Required(id))),
                    null,
                    ConsoleJson.Default.ParkedSettledView,
                    scope.Cancellation).ConfigureAwait(false);
                if (scope.Output.Format == OutputFormat.Json)
                {
                    scope.Output.Json(json);
                }
                else
                {
                    scope.Output.Line($"{settled.Id} {settled.Outcome}");
                }

                return ExitCodes.Success;
            });
    }

    private static Argument<string> Id() => new("id") { HelpName = "ID", Description = "As in the list, or its beginning" };
}
