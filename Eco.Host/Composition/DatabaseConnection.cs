namespace Eco.Host.Composition;

/// <summary>How the servers' database is reached: what the configuration says, with the password from where it says. The result is a secret.</summary>
internal static class DatabaseConnection
{
    /// <summary>The connection string of a configuration that names a database.</summary>
    /// <exception cref="Commands.CommandException">Code <c>invalid</c>: the password's file cannot be read.</exception>
    public static string Of(HostOptions options) =>
        new System.Data.Common.DbConnectionStringBuilder { ConnectionString = options.Database, ["Password"] = SecretFile.OfDatabase(options) }.ConnectionString;
}
