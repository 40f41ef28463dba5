using System.Globalization;
using System.Text;
using Eco.Runtime.Persistence.Journals;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Sqlite;
using Eco.Tests.Persistence.Contracts;
using static Eco.Tests.Persistence.Contracts.JournalProbe;

namespace Eco.Tests.Persistence.Sqlite;

/// <summary>
/// Damages a journal that holds every kind of row, opens it, reads all of it, writes on, and opens it again. What comes back must be what was
/// acknowledged, or an error with a name.
/// </summary>
internal sealed class JournalDamageCampaign : IDisposable
{
    /// <summary>The files of a journal at one moment.</summary>
    public sealed record Image(string Name, byte[] Journal, byte[] Log, byte[] Head);

    private const int SmallEntities = 24;
    private readonly string _root = Directory.CreateDirectory(
        Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), Path.GetRandomFileName())).FullName;
    private readonly SortedDictionary<string, int> _outcomes = new(StringComparer.Ordinal);
    private Dictionary<string, string> _acknowledged = [];
    private int _cases;

    /// <summary>Closed in order: all is in the database.</summary>
    public Image Closed { get; private set; } = null!;

    /// <summary>As a kill leaves it: part is in the log alone.</summary>
    public Image Killed { get; private set; } = null!;

    /// <summary>What went wrong, each in a line; empty where every case ended well.</summary>
    public List<string> Violations { get; } = [];

    public string Outcomes => string.Join(", ", _outcomes.Select(o => string.Create(CultureInfo.InvariantCulture, $"{o.Key}: {o.Value}")));

    public int Cases => _cases;

    private string JournalFile => Path.Combine(_root, "journal.db");

    public async Task PrepareAsync()
    {
        var harness = new Harness(JournalFile);
        var journal = new JournalProbe(harness);
        await FillAsync(harness, journal);
        await harness.Journal.DisposeAsync();
        Closed = Load("closed");
        await harness.ReopenAsync();
        Ownership owned = (await journal.ClaimAsync(1, "second"))[0];
        await journal.CommitAsync(journal.Request("ion-1", owned, Events(31, 10), [Message("peer", 4)], [("peer", 2)], new InboxRow("peer", 8, 2)));
        for (int i = 0; i < SmallEntities; i += 2)
        {
            await journal.CommitAsync(journal.Request($"small-{i}", owned, [Event(3, new string('x', 50 * i))]));
        }

        using (JournalReader reader = JournalReader.Open(JournalFile))
        {
            _acknowledged = Read(reader);
        }

        await harness.Journal.CrashAsync();
        Killed = Load("killed");

        // The closed one is of the same state too, so that there is one truth.
        await harness.ReopenAsync();
        await harness.Journal.DisposeAsync();
        Closed = Load("closed");
    }

    /// <summary>One damaged copy.</summary>
    public async Task RunAsync(string what, Image image, bool checkPages)
    {
        _cases++;
        foreach (string old in Directory.EnumerateFiles(_root))
        {
            File.Delete(old);
        }

        File.WriteAllBytes(JournalFile, image.Journal);
        File.WriteAllBytes(Path.ChangeExtension(JournalFile, ".head"), image.Head);
        if (image.Log.Length > 0)
        {
            File.WriteAllBytes(JournalFile + "-wal", image.Log);
        }

        try
        {
            string outcome = await OutcomeAsync(checkPages);
            _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;
        }
        catch (Exception e)
        {
            Violations.Add($"{image.Name}, {what}: {e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static async Task FillAsync(Harness harness, JournalProbe journal)
    {
        Ownership owned = (await journal.ClaimAsync(1, "first"))[0];
        await journal.CommitAsync(journal.Request("ion-1", owned, Events(1, 30), [Message("peer", 1), Message("peer", 2), Message("peer", 3)], [("peer", 1)], new InboxRow("peer", 7, 1)));
        await journal.CommitAsync(journal.Request("ion-1", owned) with { Attempt = new InboxAttempt("peer", 8, 2, "it threw") });
        await journal.SaveSnapshotAsync("ion-1", owned, 20, new string('s', 300));
        await journal.CommitAsync(journal.Request("agent-ü", owned, [Event(1, new string('y', 9_000)), Event(2, new string('z', 15_000))]));
        await journal.SaveSnapshotAsync("agent-ü", owned, 1, new string('t', 6_000));
        await harness.AskAsync((port, me) => port.Compact(new CompactEvents(1, "agent-ü", owned, 1), me));
        var parked = new ParkedMessage("peer", 1, "test.told/1", new byte[700], At(5), 3, "it threw", "at X");
        await journal.CommitAsync(journal.Request("ion-2", owned, inbox: new InboxRow("peer", 1, 1)) with { Parked = parked });
        await harness.AskAsync((port, me) => port.Announce(new AnnounceMember(1, "s1"), me));
        for (int i = 0; i < SmallEntities; i++)
        {
            await journal.CommitAsync(journal.Request($"small-{i}", owned, Events(1, 2), [Message($"other-{i}", 1)]));
        }
    }

    private async Task<string> OutcomeAsync(bool checkPages)
    {
        SqliteJournalOptions options = new() { Path = JournalFile, CheckWholeUpToBytes = checkPages ? 16 << 20 : 0, ReserveBytes = 0 };
        SqliteJournal journal;
        try
        {
            journal = SqliteJournal.Open(options);
        }
        catch (JournalOpenException e) when (e.Damage is not null)
        {
            return $"{e.Damage.GetType().Name} at opening";
        }

        var added = new List<string>();
        string? damage;
        await using (journal)
        {
            using (JournalReader reader = JournalReader.Open(JournalFile))
            {
                damage = Compare(Read(reader), []);
            }

            await WriteOnAsync(journal, added);
        }

        // What it wrote on a damaged file must be there, or reported, too.
        try
        {
            await using SqliteJournal again = SqliteJournal.Open(options);
            using JournalReader reader = JournalReader.Open(JournalFile);
            string? later = Compare(Read(reader), added);
            return damage ?? (later is null ? "all there" : $"{later} after writing on");
        }
        catch (JournalOpenException e) when (e.Damage is not null)
        {
            return damage ?? $"{e.Damage.GetType().Name} after writing on";
        }
    }

    /// <summary>Null where all is as acknowledged, else the damage that was reported; anything else throws.</summary>
    private string? Compare(Dictionary<string, string> read, List<string> added)
    {
        string? damage = null;
        foreach ((string key, string expected) in _acknowledged)
        {
            string found = read.GetValueOrDefault(key, "nothing");
            if (found.StartsWith('!'))
            {
                damage ??= found[1..];
            }
            else if (found != expected && !(added.Contains(key) && found.StartsWith(expected, StringComparison.Ordinal)) && !(added.Count > 0 && key[0] == '*'))
            {
                throw new InvalidOperationException($"{key} came back as {found[..Math.Min(80, found.Length)]} without an error");
            }
        }

        return damage;
    }

    private static async Task WriteOnAsync(SqliteJournal journal, List<string> added)
    {
        var probe = new JournalProbe(new Harness(journal));
        object claim = await new Harness(journal).AskAsync((port, me) => port.Claim(ClaimPartitions.All(1, 1, "third"), me));
        if (claim is not PartitionsClaimed { Owned: [var owned] })
        {
            return;
        }

        added.Add("*owners");

        foreach ((string id, long next) in new[] { ("small-1", 3L), ("small-2", 4L), ("agent-ü", 3L) })
        {
            if (await probe.AppendAsync(probe.Request(id, owned, [Event(next, new string('w', 5_000))])) is AppendCommitted)
            {
                added.Add(id);
            }
        }
    }

    /// <summary>All that a journal tells, by what was asked; an error that has a name begins with an exclamation mark.</summary>
    private static Dictionary<string, string> Read(JournalReader reader)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        string[] ids = ["ion-1", "ion-2", "agent-ü", "nobody", .. Enumerable.Range(0, SmallEntities).Select(i => $"small-{i}")];
        foreach (string id in ids)
        {
            var text = new StringBuilder();
            foreach (object answer in reader.Recover(new RecoverRequest(1, id)))
            {
                _ = answer switch
                {
                    RecoveryFailed { Damage: { } damage } => text.Clear().Append('!').Append(damage.GetType().Name).Append(" at recovery"),
                    RecoveryStarted s => text.Append(Describe(s)),
                    RecoveredEvents page => text.AppendJoin(';', page.Events.Select(Describe)),
                    _ => throw new InvalidOperationException(answer.ToString()),
                };
            }

            all[id] = text.ToString();
        }

        all["*list"] = Named(() => string.Join(',', reader.List(new ListEntities(1)).PersistenceIds));
        all["*events"] = Named(() => string.Join(';', reader.Read(new ReadEvents(1, JournalProbe.FromBegin, 10_000)).Events.Select(e => $"{e.Ordering} {e.PersistenceId} {Describe(e.Event)}")));
        all["*parked"] = Named(() => string.Join(';', reader.ReadParked(new ReadParkedMessages(1, null, 100)).Messages.Select(m => m.Receiver + Describe(m.Message))));
        all["*owners"] = Named(() => string.Join(';', reader.ReadOwnership(new ReadOwnerships(1)).Owners));
        return all;
    }

    private static string Named(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (JournalDamageException e)
        {
            return $"!{e.Damage.GetType().Name} at reading";
        }
    }

    private static string Describe(RecoveryStarted s) => string.Join(
        '|',
        s.Snapshot is { } n ? $"{n.SequenceNr}{n.Manifest}{Convert.ToHexString(n.Payload)}{n.Timestamp}" : "-",
        string.Join(';', s.Outbox.Select(m => $"{m.Receiver}{m.SequenceNr}{m.Manifest}{Convert.ToHexString(m.Payload)}{m.Timestamp}")),
        string.Join(';', s.Positions),
        string.Join(';', s.Inbox),
        string.Join(';', s.Attempts),
        "");

    private static string Describe(JournalEvent e) => $"{e.SequenceNr}{e.Manifest}{Convert.ToHexString(e.Payload)}{e.Timestamp}";

    private static string Describe(ParkedMessage m) => $"{m with { Payload = [] }}{Convert.ToHexString(m.Payload)}".Replace("System.Byte[]", "", StringComparison.Ordinal);

    private Image Load(string name)
    {
        string log = JournalFile + "-wal";
        return new Image(
            name, File.ReadAllBytes(JournalFile), File.Exists(log) ? File.ReadAllBytes(log) : [], File.ReadAllBytes(Path.ChangeExtension(JournalFile, ".head")));
    }

    /// <summary>A journal under the campaign's own path.</summary>
    private sealed class Harness : StorageHarness<IJournal>
    {
        private readonly string _path = "";

        public Harness(string path)
        {
            _path = path;
            Journal = SqliteJournal.Open(new SqliteJournalOptions { Path = path });
        }

        public Harness(SqliteJournal journal) => Journal = journal;

        public SqliteJournal Journal { get; private set; }

        public override IJournal Port => Journal;

        public override async Task ReopenAsync()
        {
            await Journal.DisposeAsync();
            Journal = SqliteJournal.Open(new SqliteJournalOptions { Path = _path });
        }

        public override Task WaitAsync(string what, Func<bool> condition, Func<string> lastObservation) =>
            Eco.Tests.Integration.Eventually.HoldsAsync(what, condition, lastObservation);

        public override ValueTask DisposeAsync() => Journal.DisposeAsync();
    }
}
