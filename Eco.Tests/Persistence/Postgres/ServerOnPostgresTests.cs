using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Eco.Actors.Agents;
using Eco.Actors.Console;
using Eco.Actors.Timeline.Sql;
using Eco.Host.Commands;
using Eco.Host.Composition.Hosting;
using Eco.Host.Demo;
using Eco.Host.Fleet;
using Eco.Host.State;
using Eco.Runtime.Cluster;
using Eco.Runtime.Dispatch;
using Eco.Runtime.Persistence.Postgres;
using Eco.Runtime.Persistence.Postgres.Import;
using Eco.Tests.Commands;
using Eco.Tests.Integration;
using Eco.Tests.Persistence.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace Eco.Tests.Persistence.Postgres;

/// <summary>A whole server on PostgreSQL, with its agents in the same process.</summary>
[Category("Slow")]
[Category("Process")]
public sealed class ServerOnPostgresTests
{
    private static readonly FederatedKMeansScenario Scenario = FederatedKMeansScenario.Of(120, TimeSpan.FromMilliseconds(60));

    [Test]
    public async Task Server_WhenItsDatabaseDiesUnderAnIon_RefusesWorkAndGoesOnWhenItIsBack()
    {
        using var folder = new TemporaryFolder();
        await using PostgresServer database = await TestPostgres.StartAsync();
        string connection = TestPostgres.ConnectionString(database);
        var state = new StateDirectory(folder.File("state"));
        ImmutableArray<RoundView> rounds;
        EcoHost host = await EcoHost.StartAsync(SetupOf(state, connection), CancellationToken.None);
        await using (host)
        {
            await AskAsync(host, ConsoleVerbs.IonSubmit, ConsoleJson.Default.SubmissionView, Scenario.ToHocon("ion-1"));
            await Eventually.HoldsAsync("rounds", async () => (await ShowAsync(host)).MergedRounds >= 2, () => "fewer", TimeSpan.FromSeconds(60));

            await database.KillAsync();
            ConsoleReply refused = await Eventually.IsAsync(
                "a refusal",
                () => host.AskAsync(new ConsoleRequest(2, ConsoleVerbs.IonSubmit, Arguments.None, Scenario.ToHocon("ion-2")), CancellationToken.None).GetAwaiter().GetResult(),
                reply => reply.Error?.Code == ConsoleErrorCodes.State,
                TimeSpan.FromMinutes(1));
            Assert.That(refused.Error!.Cause, Does.Contain("cannot be reached"));
            await database.RestartAsync();

            await Eventually.HoldsAsync("completion", async () => (await ShowAsync(host)).Ion.State == "completed", () => "it runs", TimeSpan.FromMinutes(2));
            IonDetailView detail = await ShowAsync(host);
            rounds = detail.Rounds;
            Assert.Multiple(() =>
            {
                Assert.That(host.Fault.IsCompleted, Is.False, "a database that is away ends no process");
                Assert.That(detail.Statistics, Is.Not.Empty);
                Assert.That(rounds.Select(round => round.State), Is.All.AnyOf("merged", "void"));
                Assert.That(rounds.Select(round => (round.Node, round.Round)), Is.Unique);
            });
            ImmutableArray<ModelView> models = await AskAsync(host, ConsoleVerbs.Models, ConsoleJson.Default.ImmutableArrayModelView);
            Assert.That(models, Is.Not.Empty);
            ImmutableArray<EventView> story = await AskAsync(host, ConsoleVerbs.Timeline, ConsoleJson.Default.ImmutableArrayEventView);
            Assert.That(story.Count(line => line.Kind == "round-merged"), Is.EqualTo(detail.MergedRounds));
        }

        Assert.That(PostgresAdministration.Verify(TestPostgres.Options(connection)).Problems, Is.Empty);
        await using EcoHost again = await EcoHost.StartAsync(SetupOf(state, connection), CancellationToken.None);
        Assert.That((await ShowAsync(again)).Rounds, Is.EqualTo(rounds), "another start tells the same");
    }

    [Test]
    public async Task Server_WhenItMovesFromItsFilesInTheMidstOfAnIon_GoesOnWithItsWholeHistory()
    {
        await using var eco = new CommandHarness();
        string connection = PostgresServerOfTests.NewSchema();
        ImmutableArray<EventView> before;
        long merged;
        EcoHost embedded = await EcoHost.StartAsync(SetupOf(eco.State, null), CancellationToken.None);
        await using (embedded)
        {
            await AskAsync(embedded, ConsoleVerbs.IonSubmit, ConsoleJson.Default.SubmissionView, Scenario.ToHocon("ion-1"));
            await Eventually.HoldsAsync("rounds", async () => (await ShowAsync(embedded)).MergedRounds >= 2, () => "fewer", TimeSpan.FromSeconds(60));
            before = await AskAsync(embedded, ConsoleVerbs.Timeline, ConsoleJson.Default.ImmutableArrayEventView);
            merged = (await ShowAsync(embedded)).MergedRounds;
        }

        HostFolder folder = eco.State.Server;
        PostgresOptions database = TestPostgres.Options(connection);
        PostgresImport.Run(database, new PostgresImportSource(folder.Journal, folder.Statistics, folder.Artifacts));
        using (var timeline = new PostgresTimeline(database, "test"))
        {
            TimelineMove.Run(folder.Timeline, timeline);
        }

        Directory.Move(folder.Path, folder.Path + ".imported");
        EcoHost moved = await EcoHost.StartAsync(SetupOf(eco.State, connection), CancellationToken.None);
        await using (moved)
        {
            await Eventually.HoldsAsync("completion", async () => (await ShowAsync(moved)).Ion.State == "completed", () => "it runs", TimeSpan.FromMinutes(2));
            ImmutableArray<EventView> story = await AskAsync(moved, ConsoleVerbs.Timeline, ConsoleJson.Default.ImmutableArrayEventView, null, ("limit", "100000"));
            Assert.That(story.Take(before.Length), Is.EqualTo(before));
            Assert.That(story.Count(line => line.Kind == "round-merged"), Is.EqualTo((await ShowAsync(moved)).MergedRounds).And.GreaterThan(merged));
        }

        Assert.That(PostgresAdministration.Verify(database).Problems, Is.Empty);
    }

    private static EcoHostSetup SetupOf(StateDirectory state, string? connection) => new(
        state,
        new ServerHostSetup("s1", 4) { Database = connection },
        Scenario.Agents,
        AgentOptions.Default with { JoinEvery = TimeSpan.FromMilliseconds(200), StatisticsEvery = TimeSpan.FromSeconds(1) },
        EntityOptions.Default,
        ICrashPoints.None,
        NullLoggerFactory.Instance);

    private static Task<IonDetailView> ShowAsync(EcoHost host) => AskAsync(host, ConsoleVerbs.IonShow, ConsoleJson.Default.IonDetailView, null, ("ion", "ion-1"));

    private static async Task<T> AskAsync<T>(EcoHost host, string verb, JsonTypeInfo<T> type, string? body = null, params (string, string?)[] arguments)
    {
        ConsoleReply reply = await Eventually.IsAsync(
            verb,
            () => host.AskAsync(new ConsoleRequest(1, verb, Arguments.Of(arguments), body), CancellationToken.None).GetAwaiter().GetResult(),
            answer => answer.Error is null,
            TimeSpan.FromMinutes(1));
        return reply.Data!.Value.Deserialize(type)!;
    }
}
