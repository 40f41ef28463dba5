using System.Globalization;
using Eco.Actors.Console;
using Eco.Host.Commands;

namespace Eco.Host.State;

/// <summary>
/// The right to be the one host of a state directory: an exclusive lock of the operating system on its <c>lock</c> file, which ends with the
/// process. Who holds it stands in a file beside it, since a locked file cannot be read by others.
/// </summary>
public sealed class StateLock : IDisposable
{
    private readonly StateDirectory _directory;
    private readonly FileStream _file;

    private StateLock(StateDirectory directory, FileStream file)
    {
        _directory = directory;
        _file = file;
    }

    /// <summary>The process that holds a directory, as it wrote it; null where none did. It may have ended since.</summary>
    public static int? Owner(StateDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        try
        {
            string text = File.ReadAllText(directory.OwnerFile).Trim();
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It only serves a message.
            return null;
        }
    }

    /// <summary>Whether some process holds the directory now.</summary>
    public static bool IsHeld(StateDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        try
        {
            if (!File.Exists(directory.LockFile))
            {
                return false;
            }

            // Shared, and for an instant only: it fails exactly where another process holds the exclusive lock.
            using var probe = new FileStream(directory.LockFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The owner's note goes while the lock still stands; the lock file stays, since removing it would let two processes lock two files.
        File.Delete(_directory.OwnerFile);
        _file.Dispose();
    }

    internal static StateLock Take(StateDirectory directory)
    {
        FileStream file;
        try
        {
            file = new FileStream(directory.LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new CommandException(
                ConsoleErrorCodes.State,
                $"the state directory '{directory.Name}' cannot be locked: {error.Message}",
                "run as the user who made it, or name another one with --state DIR",
                error);
        }
        catch (IOException error)
        {
            string holder = Owner(directory) is { } pid ? $"process {pid.ToString(CultureInfo.InvariantCulture)}" : "another process";
            throw new CommandException(
                ConsoleErrorCodes.State,
                $"{holder} has the state directory '{directory.Name}'",
                "use its verbs ('eco status'), end it ('eco stop'), or name another directory with --state DIR",
                error);
        }

        File.WriteAllText(directory.OwnerFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
        return new StateLock(directory, file);
    }
}
