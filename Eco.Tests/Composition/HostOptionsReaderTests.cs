using System.Reflection;
using Eco.Host.Commands;
using Eco.Host.Composition;
using Eco.Runtime.Hocon;
using Eco.Tests.Architecture;
using NUnit.Framework;

namespace Eco.Tests.Composition;

public sealed class HostOptionsReaderTests
{
    [Test]
    public void ReferenceConf_WhenComparedWithWhatIsRead_HoldsTheSameKeys() =>
        Assert.That(KeysOf(HoconParser.Parse(HostOptionsReader.ReferenceText), ""), Is.EquivalentTo(HostOptionsReader.KeysRead()));

    [Test]
    public void ReferenceConf_WhenRead_HasACommentBeforeEverySetting()
    {
        string[] lines = HostOptionsReader.ReferenceText.Split('\n');
        string[] uncommented =
        [
            .. lines.Where((line, n) => line.Contains(" = ", StringComparison.Ordinal)
                && !line.TrimStart().StartsWith('#')
                && !lines[n - 1].TrimStart().StartsWith('#')),
        ];

        Assert.That(uncommented, Is.Empty);
    }

    [Test]
    public void Options_WhenRead_AreUsedByTheComposition()
    {
        string[] users =
        [
            .. SourceFiles.In("Eco.Host").Where(file => !file.Name.Contains("HostOptions", StringComparison.Ordinal)).Select(file => file.Text),
        ];

        IEnumerable<string> unused = typeof(HostOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(property => property.Name)
            .Where(name => !users.Any(text => text.Contains($"ptions.{name}", StringComparison.Ordinal)));

        Assert.That(unused, Is.Empty, "a setting that changes nothing");
    }

    [Test]
    public void Read_WhenNothingIsWritten_GivesTheDefaults()
    {
        HostOptions options = HostOptionsReader.Read("", "empty.conf");

        Assert.That((options.State, options.Partitions, options.RunsServer), Is.EqualTo((".eco", 16, true)));
        Assert.That(options.HeartbeatEvery, Is.EqualTo(TimeSpan.FromSeconds(5)));
        Assert.That(options.Agents, Is.Empty);
    }

    [Test]
    public void Read_WhenReferenceConfIsTheFile_GivesTheDefaults() =>
        Assert.That(
            HostOptionsReader.Read(HostOptionsReader.ReferenceText, "reference.conf") with { Agents = [] },
            Is.EqualTo(HostOptionsReader.Read("", "empty.conf") with { Agents = [] }));

    [TestCase("forever", null)]
    [TestCase("90 d", 90)]
    public void Read_WhenEventsAreKeptForATimeOrForever_SaysSo(string written, int? days) =>
        Assert.That(
            HostOptionsReader.Read($"eco.server.keep-events = {written}", "x.conf").KeepEvents,
            Is.EqualTo(days is { } count ? TimeSpan.FromDays(count) : (TimeSpan?)null));

    [Test]
    public void Read_WhenAgentDefaultsAreChanged_TheyHoldForEveryAgent()
    {
        HostOptions options = HostOptionsReader.Read(
            "eco { agent-defaults { site = s1, labels { a = b } }\n agents = [{ id = one }, { id = two, site = s2, labels { c = d } }] }", "x.conf");

        Assert.That(options.Agents.Select(agent => (agent.Id, agent.Site)), Is.EqualTo(new[] { ("one", "s1"), ("two", "s2") }));
        Assert.That(options.Agents[0].Labels, Is.EquivalentTo(new Dictionary<string, string> { ["a"] = "b" }));
        Assert.That(options.Agents[1].Labels, Is.EquivalentTo(new Dictionary<string, string> { ["c"] = "d" }));
    }

    [TestCase("eco { sever {} }", "x.conf:1:7", "did you mean 'server'?")]
    [TestCase("eko {}", "x.conf:1:1", "did you mean 'eco'?")]
    [TestCase("eco { server { partitions = 0 } }", "x.conf:1:", "outside of 1 to 256")]
    [TestCase("eco { server = 5 }", "x.conf:1:16", "is not an object")]
    [TestCase("eco { host { roles = [agent] }, agents = [{ id = a }] }", "x.conf:1:", "lacks server")]
    [TestCase("eco { brokers = [\"amqp://eco@a\"], host { roles = [agent] } }", "reference.conf", "nothing to run")]
    [TestCase("eco { brokers = [\"http://eco@a\"] }", "x.conf:1:", "a broker is written as")]
    [TestCase("eco { brokers = [\"amqp://a\"] }", "x.conf:1:", "names no user")]
    [TestCase("eco { brokers = [\"amqp://eco:geheim@a\"] }", "x.conf:1:", "broker-password-file")]
    [TestCase("eco { brokers = [\"amqp://eco@a\"], server { database = \"Host=a;Password=geheim\" } }", "x.conf:1:", "database-password-file")]
    [TestCase("eco { brokers = [\"amqp://eco@a\"], server { database = \"Host=a;PWD=geheim\" } }", "x.conf:1:", "holds a password")]
    [TestCase("eco { brokers = [\"amqp://eco@a\"], server { database = \"Host=a;Passwrd=geheim\" } }", "x.conf:1:", "is no key")]
    [TestCase("eco { brokers = [\"amqp://eco@a\"], server { database = \"postgres://eco:geheim@a\" } }", "x.conf:1:", "is no connection string")]
    [TestCase("eco { server { database = \"Host=a\" } }", "reference.conf", "need brokers")]
    [TestCase("eco { host { roles = [server, worker] } }", "x.conf:1:", "names 'worker'")]
    [TestCase("eco { host { roles = [server] }, agents = [{ id = a }] }", "x.conf:1:", "has not the role agent")]
    [TestCase("eco { agents = [{ site = a }] }", "x.conf:1:17", "'eco.agents[0].id' is missing")]
    [TestCase("eco { agents = [{ id = a }, { id = a }] }", "x.conf:1:", "which another agent has")]
    [TestCase("eco { agents = [{ id = a, role2 = b }] }", "x.conf:1:27", "did you mean 'role'?")]
    [TestCase("eco { agents = [{ id = A }] }", "x.conf:1:", "an id begins with")]
    [TestCase("eco { agents = [5] }", "x.conf:1:17", "is not an object")]
    [TestCase("eco { agents = [{ id = a, labels = [] }] }", "x.conf:1:", "not an object")]
    [TestCase("eco { contact { heartbeat-every = 10s } }", "", "two heartbeats")]
    [TestCase("eco { contact { heartbeat-every = 0s } }", "x.conf:1:", "outside of 1ms to 1d")]
    [TestCase("eco { server { keep-events = 1h } }", "x.conf:1:", "outside of 1d to 36500d")]
    [TestCase("eco { server { keep-events = banana } }", "x.conf:1:", "'eco.server.keep-events'")]
    [TestCase("eco { log { level = loud } }", "x.conf:1:", "is 'loud'")]
    [TestCase("eco { state = \"\" }", "x.conf:1:", "it is empty")]
    [TestCase("eco { state = a ]}", "x.conf:1:", "]")]
    [TestCase("[1, 2]", "x.conf:1:1", "not an object")]
    public void Read_WhenSomethingIsWrong_SaysWhereAndWhat(string text, string where, string what)
    {
        CommandException error = Assert.Throws<CommandException>(() => HostOptionsReader.Read(text, "x.conf"))!;

        Assert.That(ExitCodes.Of(error.Error), Is.EqualTo(ExitCodes.Invalid));
        Assert.That(error.Details, Has.Length.EqualTo(1));
        Assert.That(error.Details[0], Does.StartWith(where).And.Contains(what).And.Not.Contains("geheim"));
    }

    [TestCase("server.conf", true, 0, 0)]
    [TestCase("agent.conf", false, 1, 1)]
    [TestCase("worker.conf", false, 1, 1)]
    [TestCase("embedded.conf", true, 1, 0)]
    public void ReadFile_WhenItIsOneOfTheRoles_FindsNothingWrong(string name, bool server, int agents, int brokers)
    {
        HostOptions options = HostOptionsReader.ReadFile(Path.Combine(Repository.Root, "hocon", name));

        Assert.That(options.RunsServer, Is.EqualTo(server));
        Assert.That(options.Agents, Has.Length.EqualTo(agents));
        Assert.That(options.Brokers, Has.Length.EqualTo(brokers));
    }

    [TestCase("brokers = [\"amqp://eco@a:1\", \"amqp://eco@b:2/v\"]")]
    [TestCase("brokers = \"amqp://eco@a:1, amqp://eco@b:2/v\"")]
    public void Read_WhenBrokersAreAListOrALine_KeepsTheirOrder(string written) => Assert.That(
        HostOptionsReader.Read("eco { " + written + " }", "x.conf").Brokers,
        Is.EqualTo(new[] { "amqp://eco@a:1", "amqp://eco@b:2/v" }));

    private static IEnumerable<string> KeysOf(HoconObject node, string path) => node.SelectMany(field =>
    {
        string key = path.Length == 0 ? field.Key : $"{path}.{field.Key}";
        return field.Value is HoconObject { Count: > 0 } inner ? KeysOf(inner, key) : [key];
    });
}
