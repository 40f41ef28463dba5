using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Eco.Actors.Console;
using Eco.Actors.Ions.Language;
using Eco.Host.Composition;

namespace Eco.Host.Commands;

/// <summary>Reads the files that people name, and has IONs in them checked.</summary>
internal static class IonFiles
{
    /// <summary>An ION that is larger is certainly something else.</summary>
    public const int MaxBytes = 900 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string Read(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw new CommandException(ConsoleErrorCodes.NotFound, $"'{path}' is a folder", "name a file");
            }

            var file = new FileInfo(path);
            if (!file.Exists)
            {
                throw new CommandException(ConsoleErrorCodes.NotFound, $"there is no file '{path}'", "check the path; it is relative to the working directory");
            }

            if (file.Length > MaxBytes)
            {
                throw new CommandException(
                    ConsoleErrorCodes.Invalid, $"'{path}' is {file.Length} bytes long, the limit is {MaxBytes}", "an ION holds no data; name the HOCON file");
            }

            return Strict.GetString(File.ReadAllBytes(path)).TrimStart('\ufeff');
        }
        catch (DecoderFallbackException error)
        {
            throw new CommandException(ConsoleErrorCodes.Invalid, $"'{path}' is not UTF-8 text", "save it as UTF-8", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ConsoleErrorCodes.NotFound, $"'{path}' cannot be read: {error.Message}", "check the file's permissions", error);
        }
    }

    /// <summary>Gets a verb answered that takes an ION's text. Errors of the text come a line each, before the cause.</summary>
    public static async Task<(JsonElement Json, T View)> AskWithFileAsync<T>(CommandScope scope, string verb, string path, JsonTypeInfo<T> type)
    {
        string text = Read(path);
        try
        {
            return await scope.Host.AskAsync(verb, Arguments.Of(("file", path)), text, type, scope.Cancellation).ConfigureAwait(false);
        }
        catch (CommandException error) when (error.Error.Code == ConsoleErrorCodes.Invalid)
        {
            string[] lines = error.Error.Cause.Split('\n');
            throw new CommandException(ConsoleErrorCodes.Invalid, Count(path, lines.Length), error.Error.Cure, error) { Details = [.. lines] };
        }
    }

    /// <summary>Validates against the running host; without one, all but the selectors.</summary>
    public static async Task<ValidationView> ValidateAsync(CommandScope scope, string path, string text)
    {
        ConsoleReply? reply = await scope.Host
            .TryHostAsync(ConsoleVerbs.IonValidate, Arguments.Of(("file", path)), text, scope.Cancellation).ConfigureAwait(false);
        if (reply?.Error is { } error)
        {
            throw new CommandException(error);
        }

        if (reply?.Data?.Deserialize(ConsoleJson.Default.ValidationView) is { } view)
        {
            return view;
        }

        IonParseResult parsed = IonParser.Parse(text, path, EngineCatalogue.Default.Descriptors);
        return new ValidationView(
            parsed.Id,
            parsed.Definition is not null,
            SelectorsChecked: false,
            [.. parsed.Diagnostics.Select(finding => new FindingView(
                finding.Severity == IonSeverity.Error ? "error" : "warning", finding.Where, finding.Path, finding.Message, finding.Hint ?? ""))]);
    }

    /// <summary>The error of a text that did not pass.</summary>
    public static CommandException Invalid(string path, ValidationView view) => new(
        ConsoleErrorCodes.Invalid,
        Count(path, view.Findings.Count(finding => finding.Severity == "error")),
        "correct what the lines above name; docs/ion-language.md is the reference");

    /// <summary>A finding as a line that begins with its place, so that terminals and editors can follow it.</summary>
    public static string Line(FindingView finding) =>
        $"{finding.Where}: {finding.Severity}: {(finding.Path.Length > 0 ? $"{finding.Path}: " : "")}{finding.Message}{(finding.Hint.Length > 0 ? $" ({finding.Hint})" : "")}";

    private static string Count(string path, int errors) =>
        $"'{path}' is no valid ION: {(errors == 1 ? "an error" : $"{errors} errors")}";
}
