using System.Text.Json;
using Eco.Host.Commands;
using Eco.Host.State;
using Eco.Tests.Persistence.Sqlite;
using Microsoft.Data.Sqlite;
using NUnit.Framework;

namespace Eco.Tests.Integration;

/// <summary>
/// A state directory whose files are damaged: a line of cause and one of cure, the documented exit code, and not a byte changed, so that what
/// is repaired works again.
/// </summary>
[TestFixture]
[Category("Slow")]
[Category("Process")]
public sealed class DamagedStateTests
{
    private const string ServerJournal = "server/journal.db";
    private const string AgentJournal = "agents/edge-1/journal.db";
    private const string Timeline = "server/timeline.db";
    private const string Statistics = "server/statistics.db";

    private TemporaryFolder _folder = null!;
    private StateDirectory _sound = null!;
    private int _copies;

    [OneTimeSetUp]
    public async Task MakeStateAsync()
    {
        _folder = new TemporaryFolder();
        _sound = new StateDirectory(_folder.File("sound"));
        EcoResult made = await DemoAsync(_sound);
        Assert.That(made.ExitCode, Is.Zero, made.ToString());
    }

    [OneTimeTearDown]
    public void RemoveState() => _folder.Dispose();

    [TestCase(ServerJournal, "empty")]
    [TestCase(ServerJournal, "garbage")]
    [TestCase(ServerJournal, "text")]
    [TestCase(ServerJournal, "truncated")]
    [TestCase(ServerJournal, "header only")]
    [TestCase(ServerJournal, "overwritten in the middle")]
    [TestCase(ServerJournal, "newer schema")]
    [TestCase(ServerJournal, "another database")]
    [TestCase(ServerJournal, "folder")]
    [TestCase(ServerJournal, "missing")]
    [TestCase(AgentJournal, "empty")]
    [TestCase(AgentJournal, "garbage")]
    [TestCase(AgentJournal, "truncated")]
    [TestCase(AgentJournal, "newer schema")]
    [TestCase(Statistics, "garbage")]
    [TestCase(Statistics, "newer schema")]
    [TestCase(Statistics, "folder")]
    public async Task Start_WhenAFileIsDamaged_SaysSoAndGoesOnWithItRepaired(string file, string damage)
    {
        StateDirectory state = Copy();
        string path = Path.Combine(state.Root, file);
        byte[] sound = File.ReadAllBytes(path);
        Damage(path, damage);
        byte[]? damaged = File.Exists(path) ? File.ReadAllBytes(path) : null;

        EcoResult refused = await DemoAsync(state);

        AssertError(refused, ExitCodes.State);
        Assert.That(refused.Error, Does.Contain(Path.GetFileName(file)));
        Assert.That(File.Exists(path) ? File.ReadAllBytes(path) : null, Is.EqualTo(damaged), "a damaged file is evidence: it stays as it is");
        EcoResult verbose = await DemoAsync(state, "--verbose");
        Assert.That(verbose.ExitCode, Is.EqualTo(ExitCodes.State));
        EcoResult doctor = await EcoInProcess.RunAsync("doctor", "--state", state.Root);
        Assert.That(doctor.Error, Does.Not.Contain("unexpected failure"), doctor.ToString());

        Repair(path, sound);
        EcoResult again = await DemoAsync(state);
        Assert.That(again.ExitCode, Is.Zero, again.ToString());
        JournalAudit.Of(state).AssertNothingIsOpen();
    }

    [TestCase("missing")]
    [TestCase("garbage")]
    [TestCase("truncated")]
    public async Task Start_WhenTheTimelineIsDamaged_MakesItAnewFromTheJournal(string damage)
    {
        StateDirectory state = Copy();
        EcoResult before = await EcoInProcess.RunAsync("timeline", "--limit", "20", "--ion", "federated-kmeans-1", "--state", state.Root);
        Damage(state.Server.Timeline, damage);

        Assert.That((await DemoAsync(state)).ExitCode, Is.Zero);

        EcoResult after = await EcoInProcess.RunAsync("timeline", "--limit", "20", "--ion", "federated-kmeans-1", "--state", state.Root);
        Assert.That(after.Out, Is.EqualTo(before.Out));
    }

    [Test]
    public async Task Start_WhenTheJournalIsAnOlderOne_TellsNoMoreThanItHolds()
    {
        StateDirectory state = Copy();
        StateDirectory older = Copy();
        Assert.That((await DemoAsync(state)).ExitCode, Is.Zero);
        Directory.Delete(Path.Combine(state.Root, "agents"), recursive: true);
        Directory.Move(Path.Combine(older.Root, "agents"), Path.Combine(state.Root, "agents"));
        File.Copy(older.Server.Journal, state.Server.Journal, overwrite: true);
        EcoResult refused = await DemoAsync(state);
        Assert.That(refused.ExitCode, Is.EqualTo(ExitCodes.State));
        Assert.That(refused.Error, Does.Contain("JournalTruncated(").And.Contain("--adopt"), "the head file knows of later commits");
        File.Copy(Path.ChangeExtension(older.Server.Journal, ".head"), Path.ChangeExtension(state.Server.Journal, ".head"), overwrite: true);

        EcoResult again = await DemoAsync(state);

        Assert.That(again.ExitCode, Is.Zero, again.ToString());
        EcoResult ions = await EcoInProcess.RunAsync("ion", "list", "--format", "json", "--state", state.Root);
        using JsonDocument list = JsonDocument.Parse(ions.Out);
        Assert.That(
            list.RootElement.EnumerateArray().Select(ion => ion.GetProperty("state").GetString()),
            Is.Not.Empty.And.All.EqualTo("completed"),
            "what the older journal holds, and what came since");
    }

    [TestCase("server")]
    [TestCase("agents")]
    [TestCase("server/artifacts")]
    [TestCase("agents/edge-1")]
    public async Task Start_WhenAFileIsInAFoldersPlace_SaysSo(string folder)
    {
        StateDirectory state = Copy();
        string path = Path.Combine(state.Root, folder);
        Directory.Delete(path, recursive: true);
        File.WriteAllText(path, "not a folder");

        AssertError(await DemoAsync(state), ExitCodes.State);
    }

    [Test]
    public async Task Start_WhenTheStateDirectoryIsAFile_SaysSo()
    {
        string path = _folder.File("a-file");
        File.WriteAllText(path, "not a directory");

        AssertError(await DemoAsync(new StateDirectory(path)), ExitCodes.State);

        Assert.That(File.ReadAllText(path), Is.EqualTo("not a directory"));
    }

    [TestCase("/proc/eco-state")]
    [TestCase("/dev/null/eco")]
    public async Task Start_WhenTheStateDirectoryCannotBeMade_SaysSo(string path) =>
        AssertError(await DemoAsync(new StateDirectory(path)), ExitCodes.State);

    [Test]
    public async Task Verbs_WhenFilesAreDamagedByBitFlips_NeverShowAStackTrace()
    {
        var random = new Random(2026);
        string[] files = [ServerJournal, Timeline, Statistics];
        for (int i = 0; i < 12; i++)
        {
            StateDirectory state = Copy();
            string file = files[i % files.Length];
            string path = Path.Combine(state.Root, file);
            byte[] bytes = File.ReadAllBytes(path);
            for (int flip = 0; flip < 200; flip++)
            {
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            }

            File.WriteAllBytes(path, bytes);
            foreach (string[] verb in (string[][])[["ion", "list"], ["timeline"], ["agents"], ["models"], ["ion", "show", "federated-kmeans-1"], ["doctor"]])
            {
                EcoResult result = await EcoInProcess.RunAsync([.. verb, "--state", state.Root]);
                Assert.That(result.ExitCode, Is.AnyOf(ExitCodes.Success, ExitCodes.State, ExitCodes.NotFound, ExitCodes.Failure), result.ToString());
                Assert.That(result.Error, Does.Not.Contain("unexpected failure").And.Not.Contain("   at "), $"{string.Join(' ', verb)} with {file} damaged: {result}");
            }
        }
    }

    private static Task<EcoResult> DemoAsync(StateDirectory state, params string[] more) =>
        EcoInProcess.RunAsync(["demo", "--headless", "--batches", "16", "--pace", "5", "--state", state.Root, .. more]);

    private static void AssertError(EcoResult result, int exitCode)
    {
        Assert.That(result.ExitCode, Is.EqualTo(exitCode), result.ToString());
        Assert.That(result.ErrorLines, Has.Length.EqualTo(2), result.ToString());
        Assert.That(result.Error, Does.StartWith("eco: ").And.Not.Contain("unexpected failure"), result.ToString());
    }

    private StateDirectory Copy()
    {
        string target = _folder.File($"copy-{++_copies}");
        foreach (string file in Directory.EnumerateFiles(_sound.Root, "*", SearchOption.AllDirectories))
        {
            string to = Path.Combine(target, Path.GetRelativePath(_sound.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }

        return new StateDirectory(target);
    }

    private static void Damage(string path, string damage)
    {
        byte[] bytes = File.ReadAllBytes(path);
        switch (damage)
        {
            case "missing":
                File.Delete(path);
                break;
            case "folder":
                File.Delete(path);
                Directory.CreateDirectory(path);
                break;
            case "another database":
                File.Delete(path);
                Execute(path, "CREATE TABLE birds(name TEXT); INSERT INTO birds VALUES ('owl')");
                break;
            case "newer schema":
                Execute(path, "UPDATE metadata SET value = '99' WHERE key = 'schema_version'");
                break;
            default:
                File.WriteAllBytes(path, damage switch
                {
                    "empty" => [],
                    "garbage" => Noise(bytes.Length),
                    "text" => "once upon a time"u8.ToArray(),
                    "truncated" => bytes[..(bytes.Length / 2)],
                    "header only" => bytes[..100],
                    "overwritten in the middle" => [.. bytes[..8192], .. Noise(bytes.Length - 12_288), .. bytes[^4096..]],
                    _ => throw new ArgumentException($"no damage '{damage}'", nameof(damage)),
                });
                break;
        }
    }

    private static void Repair(string path, byte[] sound)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path);
        }

        File.WriteAllBytes(path, sound);
    }

    private static byte[] Noise(int length)
    {
        byte[] noise = new byte[length];
        new Random(7).NextBytes(noise);
        return noise;
    }

    private static void Execute(string path, string sql)
    {
        using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
