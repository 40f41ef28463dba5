using System.Text;
using Eco.Actors.Console;

namespace Eco.Host.Commands;

/// <summary>Reads the files that people name.</summary>
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
}
