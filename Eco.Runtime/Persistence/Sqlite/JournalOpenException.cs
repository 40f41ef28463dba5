namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>The journal cannot be used: damaged, of a newer version, locked, unreadable or of another partition count.</summary>
public sealed class JournalOpenException(string file, string cause, string cure, Exception? inner = null)
    : StorageOpenException(file, cause, cure, inner);
