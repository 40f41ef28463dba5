using System.Net.Sockets;
using Npgsql;

namespace Eco.Runtime.Persistence.Postgres;

/// <summary>What an error of the driver or the server means for whoever met it.</summary>
internal static class PostgresErrors
{
    private const string IdleInTransaction = "25P03";

    /// <summary>Whether the connection or the server is gone, or is no primary: the statement may be tried again on another connection.</summary>
    public static bool IsAway(Exception e) => e switch
    {
        PostgresException p => p.SqlState is
            PostgresErrorCodes.ReadOnlySqlTransaction or IdleInTransaction or
            PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
            || p.SqlState.StartsWith("08", StringComparison.Ordinal) // connection exceptions
            || p.SqlState.StartsWith("53", StringComparison.Ordinal) // no room: disk, memory, connections
            || p.SqlState.StartsWith("58", StringComparison.Ordinal), // the server's system: input and output
        NpgsqlException or IOException or SocketException or TimeoutException or ObjectDisposedException => true,
        _ => false,
    };

    /// <summary>Whether the server ended the transaction because of others, or of a person; the same one may be done again.</summary>
    public static bool IsConflict(Exception e) => e is PostgresException
    {
        SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or
            PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable
    };

    /// <summary>Whether a request collides with what another writer has written: the second line of the fence.</summary>
    public static bool IsTaken(Exception e) => e is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    /// <summary>The error in a line. The driver puts no password into its messages.</summary>
    public static string Describe(Exception e) => (e is PostgresException p
        ? $"PostgreSQL: {p.MessageText} ({p.SqlState})"
        : $"PostgreSQL: {Innermost(e)}").ReplaceLineEndings(" ");

    private static string Innermost(Exception e) =>
        e.InnerException is { } inner && inner.Message != e.Message ? $"{e.Message}: {inner.Message}" : e.Message;
}
