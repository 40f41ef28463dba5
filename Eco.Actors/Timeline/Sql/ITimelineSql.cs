using System.Data.Common;

namespace Eco.Actors.Timeline.Sql;

/// <summary>
/// A database that holds the timeline's tables, ready for use. Its statements are the same everywhere; how transactions begin, and what happens to
/// a connection that fails, is not. For one thread at a time.
/// </summary>
public interface ITimelineSql : IDisposable
{
    /// <summary>Runs work in a transaction, which is taken back unless the work commits it.</summary>
    /// <param name="writes">Whether the work writes; what only reads sees one state of the database.</param>
    /// <param name="work">The work.</param>
    /// <exception cref="DbException">The database failed; nothing of the work is stored unless it had committed.</exception>
    T InTransaction<T>(bool writes, Func<DbTransaction, T> work);
}
