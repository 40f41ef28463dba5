using Eco.Runtime.Persistence.Journals;

namespace Eco.Runtime.Persistence.Postgres.Import;

/// <summary>A file that is to move cannot.</summary>
/// <param name="file">The file.</param>
/// <param name="cause">What is wrong, as the rest of a sentence that begins with the file's name.</param>
/// <param name="cure">What the reader can do.</param>
public sealed class ImportException(string file, string cause, string cure) : StorageOpenException(file, cause, cure, null);
