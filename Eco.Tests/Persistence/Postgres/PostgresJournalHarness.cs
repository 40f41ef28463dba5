using Eco.Runtime.Dispatch;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Postgres;
using Eco.Tests.Integration;
using Eco.Tests.Persistence.Contracts;

namespace Eco.Tests.Persistence.Postgres;

/// <summary>A journal in a schema of its own.</summary>
public sealed class PostgresJournalHarness : StorageHarness<IJournal>
{
    public PostgresJournalHarness(Func<PostgresJournalOptions, PostgresJournalOptions>? change = null, ICrashPoints? crashPoints = null)
    {
        Options = new PostgresJournalOptions
        {
            Database = new PostgresOptions { ConnectionString = PostgresServerOfTests.NewSchema(), HostName = "test" },
        };
        Options = change?.Invoke(Options) ?? Options;
        Journal = PostgresJournal.Open(Options, crashPoints);
    }

    public PostgresJournalOptions Options { get; }

    public PostgresJournal Journal { get; private set; }

    public override IJournal Port => Journal;

    public override async Task ReopenAsync()
    {
        await Journal.DisposeAsync();
        Journal = PostgresJournal.Open(Options);
    }

    public override Task WaitAsync(string what, Func<bool> condition, Func<string> lastObservation) =>
        Eventually.HoldsAsync(what, condition, lastObservation);

    public override async ValueTask DisposeAsync() => await Journal.DisposeAsync();
}
