using System.Text;
using Eco.Host.Commands;
using Eco.Tests.Persistence.Sqlite;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Eco.Tests.Integration;

/// <summary>Wrong command lines and wrong files, through the whole program: cause, cure, a documented exit code, never a stack trace.</summary>
[TestFixture]
public sealed class BadInputTests
{
    private static readonly int[] Documented = [.. Enumerable.Range(0, 9)];
    private TemporaryFolder _folder = null!;
    private string _ion = null!;
    private string _host = null!;

    [OneTimeSetUp]
    public async Task MakeProjectAsync()
    {
        _folder = new TemporaryFolder();
        Assert.That((await EcoInProcess.RunAsync("new", _folder.File("project"))).ExitCode, Is.Zero);
        _ion = Path.Combine(_folder.File("project"), "ion.conf");
        _host = Path.Combine(_folder.File("project"), "eco.conf");
    }

    [OneTimeTearDown]
    public void RemoveProject() => _folder.Dispose();

    [TestCase("dmeo", ExitCodes.Usage)]
    [TestCase("ion", ExitCodes.Usage)]
    [TestCase("ion sumbit x", ExitCodes.Usage)]
    [TestCase("demo --headles", ExitCodes.Usage)]
    [TestCase("demo --batches 0", ExitCodes.Usage)]
    [TestCase("demo --batches -4", ExitCodes.Usage)]
    [TestCase("demo --batches many", ExitCodes.Usage)]
    [TestCase("demo --batches 9999999999999", ExitCodes.Usage)]
    [TestCase("demo --pace 1.5", ExitCodes.Usage)]
    [TestCase("demo --data . --pace 5", ExitCodes.Usage)]
    [TestCase("demo --data /dev/null", ExitCodes.NotFound)]
    [TestCase("demo extra", ExitCodes.Usage)]
    [TestCase("host", ExitCodes.Usage)]
    [TestCase("host -c nowhere.conf", ExitCodes.NotFound)]
    [TestCase("host -c /proc", ExitCodes.NotFound)]
    [TestCase("ion validate nowhere.conf", ExitCodes.NotFound)]
    [TestCase("ion validate /proc", ExitCodes.NotFound)]
    [TestCase("ion show --graph nowhere.conf", ExitCodes.State)]
    [TestCase("ion submit /dev/null", ExitCodes.NoHost)]
    [TestCase("experiment nosuch", ExitCodes.Usage)]
    [TestCase("experiment federated-kmeans --seeds 9..1", ExitCodes.Usage)]
    [TestCase("timeline --since yesterday", ExitCodes.Usage)]
    [TestCase("status --format yaml", ExitCodes.Usage)]
    [TestCase("who-has zzz", ExitCodes.State)]
    [TestCase("new /dev/null", ExitCodes.Refused)]
    public async Task Run_WhenTheCommandLineIsWrong_SaysCauseAndCure(string line, int exitCode)
    {
        EcoResult result = await EcoInProcess.RunAsync([.. line.Split(' '), "--state", _folder.File("none")]);

        Assert.That(result.ExitCode, Is.EqualTo(exitCode), result.ToString());
        AssertPlain(result);
        Assert.That(Directory.Exists(_folder.File("none")), Is.False, "nothing is made for a command that is refused");
    }

    [Test]
    public async Task Files_WhenTheyAreNoText_AreRefused()
    {
        var random = new Random(5);
        foreach (string name in (string[])["binary", "zeros", "program", "utf16", "huge"])
        {
            string path = _folder.File(name);
            byte[] bytes = new byte[name == "huge" ? 2_000_000 : 4_096];
            switch (name)
            {
                case "binary":
                    random.NextBytes(bytes);
                    break;
                case "program":
                    bytes = File.ReadAllBytes(typeof(EcoCommandLine).Assembly.Location)[..8_000];
                    break;
                case "utf16":
                    bytes = Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("ion { id = a }")).ToArray();
                    break;
                case "huge":
                    bytes.AsSpan().Fill((byte)'{');
                    break;
            }

            await File.WriteAllBytesAsync(path, bytes);
            foreach (string[] verb in (string[][])[["ion", "validate", path], ["ion", "show", "--graph", path], ["host", "-c", path]])
            {
                EcoResult result = await EcoInProcess.RunAsync([.. verb, "--state", _folder.File("none")]);
                Assert.That(result.ExitCode, Is.EqualTo(ExitCodes.Invalid), $"{string.Join(' ', verb)}: {result}");
                AssertPlain(result);
            }
        }
    }

    [Test]
    public void Files_WhenTheyAreMutated_NeverBringTheProgramDown()
    {
        string ion = File.ReadAllText(_ion);
        string host = File.ReadAllText(_host);
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue - 1)), seed =>
        {
            var random = new Random(seed);
            bool isHost = seed % 2 == 0;
            string path = _folder.File("mutant.conf");
            File.WriteAllText(path, Mutate(isHost ? host : ion, random));

            // A host's file that is still good would start a host: it is given a state directory that cannot be.
            string[] verb = isHost ? ["host", "-c", path, "--state", "/proc/eco-state"] : ["ion", "validate", path, "--state", _folder.File("none")];
            EcoResult result = EcoInProcess.RunAsync(verb).GetAwaiter().GetResult();
            Assert.That(result.ExitCode, Is.AnyOf(ExitCodes.Success, ExitCodes.Invalid, ExitCodes.Refused, ExitCodes.State), result.ToString());
            AssertPlain(result);
            if (!isHost && result.ExitCode == ExitCodes.Invalid)
            {
                Assert.That(result.Out, Does.Match(@"mutant\.conf:\d+:\d+: error: "), "each error has its place");
            }
        }).Check(Properties.Quiet);
    }

    [Test]
    public void CommandLines_WhenTheyAreRandom_NeverBringTheProgramDown()
    {
        string[] words =
        [
            "ion", "submit", "list", "show", "validate", "diff", "pause", "agents", "models", "who-has", "timeline", "status", "stop", "approve", "doctor",
            "version", "--format", "json", "--limit", "-1", "0", "--since", "1h", "--ion", "", "-", "--", "--help", "@file", "é\u0000", "[x]", "--verbos", "a/b@c",
        ];
        Prop.ForAll(Arb.From(Gen.ListOf(Gen.Elements(words))), line =>
        {
            EcoResult result = EcoInProcess.RunAsync([.. line, "--state", _folder.File("none")]).GetAwaiter().GetResult();
            Assert.That(Documented, Does.Contain(result.ExitCode), result.ToString());
            AssertPlain(result);
        }).Check(Properties.Quiet);
    }

    private static void AssertPlain(EcoResult result)
    {
        Assert.That(result.Error, Does.Not.Contain("unexpected failure").And.Not.Contain("   at "), result.ToString());
        if (result.ExitCode != ExitCodes.Success)
        {
            Assert.That(result.ErrorLines, Has.Length.GreaterThanOrEqualTo(2), result.ToString());
            Assert.That(result.ErrorLines[^2], Does.StartWith("eco: "), result.ToString());
            Assert.That(result.ErrorLines[^1], Does.StartWith("     "), result.ToString());
        }
    }

    private static T Any<T>(Random random, ReadOnlySpan<T> of) => of[random.Next(of.Length)];

    private static string Mutate(string text, Random random)
    {
        var mutant = new StringBuilder(text);
        for (int change = random.Next(1, 6); change > 0; change--)
        {
            int at = random.Next(mutant.Length);
            int length = Math.Min(random.Next(1, 30), mutant.Length - at);
            switch (random.Next(5))
            {
                case 0:
                    mutant.Remove(at, length);
                    break;
                case 1:
                    mutant.Insert(at, mutant.ToString(at, length));
                    break;
                case 2:
                    mutant[at] = Any<char>(random, "{}[]\"=:,#$\n\\\0\u00e9 9-");
                    break;
                case 3:
                    mutant.Insert(at, Any<string>(random, ["${x}", "include \"x\"", "\"\"\"", "null", "-1e999", "${?PATH}", "+=", "{ a = ${a} }"]));
                    break;
                default:
                    mutant.Length = Math.Max(1, at);
                    break;
            }
        }

        return mutant.ToString();
    }
}
