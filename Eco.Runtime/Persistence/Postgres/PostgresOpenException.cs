using Eco.Runtime.Persistence.Journals;

namespace Eco.Runtime.Persistence.Postgres;

/// <summary>A PostgreSQL database cannot be used. The message is one line: which, what is wrong, what would cure it; never a password.</summary>
/// <param name="database">Hosts, port and name of the database.</param>
/// <param name="cause">What is wrong, as the rest of a sentence that begins with the database's name.</param>
/// <param name="cure">What the reader can do.</param>
/// <param name="inner">What the driver or the server said, or null.</param>
public sealed class PostgresOpenException(string database, string cause, string cure, Exception? inner = null)
    : StorageOpenException(database, cause, cure, inner);
