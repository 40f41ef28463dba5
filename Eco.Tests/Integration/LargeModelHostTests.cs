using System.Collections.Immutable;
using System.Text.Json;
using Eco.Actors.Console;
using Eco.Host.Commands;
using Eco.Host.Fleet;
using Eco.Tests.MainJob;
using Eco.Tests.Persistence.Sqlite;
using NUnit.Framework;

namespace Eco.Tests.Integration;

/// <summary>Models larger than a control frame on real hosts: all roles in one process, and a process for each role with brokers and PostgreSQL between.</summary>
[TestFixture]
[Category("Slow")]
[Category("Cluster")]
public sealed class LargeModelHostTests
{
    private const string Configuration = """
        eco {
          agents = [
            { id = cloud-1, role = cloud }
            { id = edge-1, labels { edge = "0" } }
            { id = edge-2, labels { edge = "1" } }
          ]
        }
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task Host_WhenModelsAreLargeAndItIsKilled_GoesOnToTheEnd()
    {
        await File.WriteAllTextAsync(_folder.File("eco.conf"), Configuration);
        await File.WriteAllTextAsync(_folder.File("ion.conf"), LargeModelIon.Text());
        using (EcoProcess host = await StartAsync())
        {
            Assert.That((await EcoProcess.RunAsync(_folder.Root, ["ion", "submit", "ion.conf"])).ExitCode, Is.EqualTo(ExitCodes.Success));
            await Eventually.HoldsAsync("two models", () => Json("models").GetArrayLength() >= 2, deadline: Patience);
            host.Kill();
            await host.EndAsync();
        }

        using EcoProcess again = await StartAsync();
        await Eventually.HoldsAsync("the end", () => Json("ion", "list")[0].GetProperty("state").GetString() == "completed", () => Json("ion", "list").ToString(), Patience);
        JsonElement[] models = [.. Json("models").EnumerateArray()];
        string[] hashes = [.. models.Select(model => model.GetProperty("hash").GetString()!)];

        // A pipeline that has ended fetches nothing: the last ones are with the server alone.
        Assert.That(models.Select(model => model.GetProperty("bytes").GetInt64()), Is.All.GreaterThan(16 * 1024));
        Assert.That(Files("server"), Is.SupersetOf(hashes));
        Assert.That(new[] { "agents/edge-1", "agents/edge-2" }.Select(edge => Files(edge).Intersect(hashes).Count()), Is.All.GreaterThanOrEqualTo(2));
    }

    [Test]
    public async Task Cluster_WhenModelsAreLarge_MovesThemBetweenItsHosts()
    {
        var shape = new FleetShape(1, 1, 3, 1, Isolated: false);
        EcoFleet fleet = await EcoFleet.OpenAsync(_folder.File("cluster"), shape, TimeProvider.System);
        await using (fleet)
        {
            await fleet.StartAsync(TestContext.Progress.WriteLine, CancellationToken.None);
            ConsoleReply? submitted = await fleet.TryAskAsync(
                ConsoleVerbs.IonSubmit,
                ImmutableSortedDictionary<string, string>.Empty.Add("file", "ion.conf"),
                LargeModelIon.Text(),
                CancellationToken.None);
            Assert.That(submitted?.Error, Is.Null);

            await Eventually.HoldsAsync("the end", () => StateOf(fleet) == "completed", () => StateOf(fleet), Patience);
            string[] edges = [.. fleet.AgentHosts.Where(host => host.Name != "cloud-1").Select(host => host.State.Root)];
            Assert.That(edges.Select(edge => Directory.GetFiles(edge, "*", SearchOption.AllDirectories).Count(file => Path.GetFileName(file).Length == 64)), Is.All.GreaterThan(10));
        }
    }

    private static string StateOf(EcoFleet fleet)
    {
        ConsoleReply? reply = fleet.TryAskAsync(ConsoleVerbs.IonList, ImmutableSortedDictionary<string, string>.Empty, null, CancellationToken.None).GetAwaiter().GetResult();
        return reply?.Data is { } data && data.GetArrayLength() > 0 ? data[0].GetProperty("state").GetString()! : reply?.Error?.Cause ?? "no answer";
    }

    private async Task<EcoProcess> StartAsync()
    {
        EcoProcess host = EcoProcess.Start(_folder.Root, ["host", "-c", "eco.conf"]);
        await host.SaysAsync("is ready");
        return host;
    }

    private JsonElement Json(params string[] arguments)
    {
        EcoResult result = EcoProcess.RunAsync(_folder.Root, [.. arguments, "--format", "json"]).GetAwaiter().GetResult();
        Assert.That(result.ExitCode, Is.EqualTo(ExitCodes.Success), result.ToString());
        return JsonDocument.Parse(result.Out).RootElement;
    }

    private string[] Files(string identity) =>
        [.. Directory.GetFiles(Path.Combine(_folder.Root, ".eco", identity, "artifacts"), "*", SearchOption.AllDirectories).Select(file => Path.GetFileName(file))];
}
