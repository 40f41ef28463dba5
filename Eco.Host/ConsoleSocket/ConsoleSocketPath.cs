using System.Text;
using Eco.Actors.Console;
using Eco.Host.Commands;
using Eco.Host.State;

namespace Eco.Host.ConsoleSocket;

/// <summary>
/// Where the console's socket lies: <c>console.sock</c> in the state directory. The path of a Unix domain socket is limited to 107 bytes (103 on
/// macOS); where the state directory lies deeper, the socket lies in a fresh folder of its own under the temporary folder, and
/// <c>console.path</c> in the state directory says where.
/// </summary>
public static class ConsoleSocketPath
{
    /// <summary>The longest path, in UTF-8 bytes, that every supported system takes.</summary>
    public const int MaxBytes = 103;

    private const string FileName = "console.sock";
    private const string PointerName = "console.path";
    private const string FolderPrefix = "eco-console-";

    /// <summary>Where the running host listens, for clients; null where no host has listened.</summary>
    public static string? Find(StateDirectory state)
    {
        ArgumentNullException.ThrowIfNull(state);
        string direct = Path.Combine(state.Root, FileName);
        if (Fits(direct))
        {
            return File.Exists(direct) ? direct : null;
        }

        string pointer = Path.Combine(state.Root, PointerName);
        string? path = File.Exists(pointer) ? File.ReadAllText(pointer).Trim() : null;
        return path is not null && File.Exists(path) ? path : null;
    }

    /// <summary>Chooses the path to listen on and removes what a killed host left behind. Only for the holder of the state lock.</summary>
    internal static string Prepare(StateDirectory state)
    {
        string direct = Path.Combine(state.Root, FileName);
        if (Fits(direct))
        {
            File.Delete(direct);
            return direct;
        }

        Remove(state);
        string path = Path.Combine(Directory.CreateTempSubdirectory(FolderPrefix).FullName, FileName);
        if (!Fits(path))
        {
            Directory.Delete(Path.GetDirectoryName(path)!);
            throw new CommandException(
                ConsoleErrorCodes.State,
                $"the console's socket would lie at '{path}', longer than {MaxBytes} bytes",
                "set TMPDIR to a shorter path, or use a state directory with a shorter path");
        }

        File.WriteAllText(Path.Combine(state.Root, PointerName), path + "\n");
        return path;
    }

    /// <summary>Removes the socket, and the folder that was made for it.</summary>
    internal static void Remove(StateDirectory state)
    {
        File.Delete(Path.Combine(state.Root, FileName));
        string pointer = Path.Combine(state.Root, PointerName);
        if (!File.Exists(pointer))
        {
            return;
        }

        string path = File.ReadAllText(pointer).Trim();
        string? folder = Path.GetDirectoryName(path);

        // The pointer is only a file: nothing is removed that was not named by this class.
        if (folder is not null && Path.GetFileName(path) == FileName
            && Path.GetFileName(folder).StartsWith(FolderPrefix, StringComparison.Ordinal) && Directory.Exists(folder))
        {
            File.Delete(path);
            Directory.Delete(folder);
        }

        File.Delete(pointer);
    }

    private static bool Fits(string path) => Encoding.UTF8.GetByteCount(path) <= MaxBytes;
}
