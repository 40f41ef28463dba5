namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>
/// Space that a journal keeps for the moment when the disk is full: the file <c>journal.reserve</c> is removed then, so that what is decided
/// until the host has given up its other work, and the closing of the journal itself, still fit.
/// </summary>
internal sealed class JournalReserve(string journal, long bytes)
{
    private readonly string _path = System.IO.Path.ChangeExtension(System.IO.Path.GetFullPath(journal), ".reserve");

    /// <summary>Makes the file where there is none; false while there is no room for it (and as much again beside it).</summary>
    public bool TryMake()
    {
        if (bytes == 0 || File.Exists(_path))
        {
            return true;
        }

        if (new DriveInfo(System.IO.Path.GetDirectoryName(_path)!).AvailableFreeSpace < 2 * bytes)
        {
            return false;
        }

        try
        {
            File.OpenHandle(_path, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None, bytes).Dispose();
            return true;
        }
        catch (IOException)
        {
            // Somebody else took the room meanwhile; a later call tries again.
            File.Delete(_path);
            return false;
        }
    }

    /// <summary>Frees the space; false where it was free already.</summary>
    public bool Release()
    {
        bool isThere = File.Exists(_path);
        File.Delete(_path);
        return isThere;
    }
}
