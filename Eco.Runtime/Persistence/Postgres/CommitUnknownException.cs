namespace Eco.Runtime.Persistence.Postgres;

/// <summary>It is not known whether a transaction was committed (or is safe on the standby): only a reading back can tell.</summary>
internal sealed class CommitUnknownException(string message, Exception? inner) : Exception(message, inner);
