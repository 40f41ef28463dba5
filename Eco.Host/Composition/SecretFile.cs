using Eco.Actors.Console;
using Eco.Host.Commands;

namespace Eco.Host.Composition;

/// <summary>Reads a secret from the file that a setting names or, where it names none, from the environment. It never stands in a configuration.</summary>
internal static class SecretFile
{
    private const int MaximumBytes = 4096;

    /// <summary>The password of the brokers' user.</summary>
    public static string OfBrokers(HostOptions options) =>
        Read("eco.broker-password-file", options.BrokerPasswordFile, "ECO_BROKER_PASSWORD");

    /// <summary>The password of the database's user.</summary>
    public static string OfDatabase(HostOptions options) =>
        Read("eco.server.database-password-file", options.DatabasePasswordFile, "ECO_DATABASE_PASSWORD");

    /// <summary>The first line of the file, or the variable's value; empty where there is neither.</summary>
    /// <exception cref="CommandException">Code <c>invalid</c>: the file cannot be read, or is no secret's.</exception>
    private static string Read(string setting, string file, string variable)
    {
        if (file.Length == 0)
        {
            return Environment.GetEnvironmentVariable(variable) ?? string.Empty;
        }

        try
        {
            var info = new FileInfo(file);
            if (info.Length > MaximumBytes)
            {
                throw Wrong($"'{file}' of {setting} has {info.Length} bytes; a secret's file has one line", null);
            }

            return File.ReadLines(file).FirstOrDefault() ?? string.Empty;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Wrong($"'{file}' of {setting} cannot be read: {error.Message}", error);
        }
    }

    private static CommandException Wrong(string cause, Exception? inner) => new(
        ConsoleErrorCodes.Invalid, cause, "name a file that this user may read, with the secret in its first line", inner);
}
