using Microsoft.Data.Sqlite;

namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>A prepared command that is used again and again by the one thread that owns its connection. Parameters are $1, $2, ...</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly SqliteCommand _command;

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _command = connection.CreateCommand();
        _command.CommandText = sql;
        int count = 0;
        while (sql.Contains($"${count + 1}", StringComparison.Ordinal))
        {
            count++;
            _command.Parameters.Add(new SqliteParameter { ParameterName = $"${count}", Value = DBNull.Value });
        }

        _command.Prepare();
    }

    /// <summary>Runs it and returns the number of changed rows.</summary>
    public int Run(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return _command.ExecuteNonQuery();
    }

    /// <summary>The first column of the first row, or null where there is no row or it holds NULL.</summary>
    public object? Scalar(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        object? value = _command.ExecuteScalar();
        return value is DBNull ? null : value;
    }

    /// <summary>The rows; the caller disposes the reader before the statement is used again.</summary>
    public SqliteDataReader Query(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return _command.ExecuteReader();
    }

    public void Dispose() => _command.Dispose();

    private void Bind(ReadOnlySpan<object?> values)
    {
        if (values.Length != _command.Parameters.Count)
        {
            throw new ArgumentException($"{values.Length} values for {_command.Parameters.Count} parameters of: {_command.CommandText}");
        }

        for (int i = 0; i < values.Length; i++)
        {
            _command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }
    }
}
