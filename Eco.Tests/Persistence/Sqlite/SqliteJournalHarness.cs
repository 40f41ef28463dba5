using Eco.Runtime.Dispatch;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Sqlite;
using Eco.Tests.Integration;
using Eco.Tests.Persistence.Contracts;

namespace Eco.Tests.Persistence.Sqlite;

/// <summary>A journal in a file of a folder of its own.</summary>
public sealed class SqliteJournalHarness : StorageHarness<IJournal>
{
    private readonly TemporaryFolder _folder = new();
    private SqliteJournalOptions _options;

    public SqliteJournalHarness(Func<SqliteJournalOptions, SqliteJournalOptions>? change = null, ICrashPoints? crashPoints = null)
    {
        _options = new SqliteJournalOptions { Path = _folder.File("journal.db") };
        _options = change?.Invoke(_options) ?? _options;
        Journal = SqliteJournal.Open(_options, crashPoints);
    }

    public SqliteJournal Journal { get; private set; }

    public string File => _options.Path;

    public override IJournal Port => Journal;

    public override async Task ReopenAsync() => await ReopenAsync(null);

    public async Task ReopenAsync(Func<SqliteJournalOptions, SqliteJournalOptions>? change)
    {
        await Journal.DisposeAsync();
        _options = change?.Invoke(_options) ?? _options;
        Journal = SqliteJournal.Open(_options);
    }

    public override Task WaitAsync(string what, Func<bool> condition, Func<string> lastObservation) =>
        Eventually.HoldsAsync(what, condition, lastObservation);

    public override async ValueTask DisposeAsync()
    {
        await Journal.DisposeAsync();
        _folder.Dispose();
    }
}
