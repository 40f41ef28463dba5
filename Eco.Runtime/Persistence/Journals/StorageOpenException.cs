namespace Eco.Runtime.Persistence.Journals;

/// <summary>A storage file cannot be used. The message is one line: which file, what is wrong, what would cure it.</summary>
public abstract class StorageOpenException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="file">The file's path.</param>
    /// <param name="cause">What is wrong, as the rest of a sentence that begins with the file's name.</param>
    /// <param name="cure">What the reader can do.</param>
    /// <param name="inner">What the system or SQLite said, or null.</param>
    protected StorageOpenException(string file, string cause, string cure, Exception? inner)
        : base(OneLine($"{Path.GetFileName(file)} {cause}: {cure} ({file})"), inner)
    {
        File = file;
        Cause = OneLine(cause);
        Cure = OneLine(cure);
    }

    /// <summary>The file's path.</summary>
    public string File { get; }

    /// <summary>What is wrong, as the rest of a sentence that begins with the file's name.</summary>
    public string Cause { get; }

    /// <summary>What the reader can do.</summary>
    public string Cure { get; }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
