using System.Collections.Immutable;
using System.Text.Json;
using Eco.Actors.Console;
using Eco.Host.Commands;
using NUnit.Framework;

namespace Eco.Tests.Commands;

/// <summary>What the verbs print, to the letter, where standard output is no terminal.</summary>
public sealed class ViewTests
{
    private const string Hash = "aaaa11112222333344445555666677778888999900001111222233334444aaaa";
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, 250, TimeSpan.Zero);

    private CommandHarness _eco = null!;

    [SetUp]
    public void Open()
    {
        _eco = new CommandHarness();
        _eco.StartHost();
    }

    [TearDown]
    public async Task Close() => await _eco.DisposeAsync();

    [Test]
    public async Task IonList_WhenThereAreIons_PrintsAlignedLines()
    {
        Answer(ImmutableArray.Create(new IonView("figure-4", 2, "running", "Moving clusters", At), new IonView("x", 11, "paused", "", At)));

        await _eco.RunAsync("ion", "ls");

        Assert.That(_eco.Out, Is.EqualTo(
            """
            ION       VERSION  STATE    SINCE                     TITLE
            figure-4  2        running  2026-03-01 12:00:00.250Z  Moving clusters
            x         11       paused   2026-03-01 12:00:00.250Z  -

            """));
    }

    [Test]
    public async Task IonList_WhenThereAreNone_SaysSo()
    {
        Answer(ImmutableArray<IonView>.Empty);

        await _eco.RunAsync("ion", "list");

        Assert.That(_eco.Out, Is.EqualTo("no IONs\n"));
    }

    [Test]
    public async Task IonList_WhenJsonIsAskedFor_PrintsTheAnswerInCamelCase()
    {
        Answer(ImmutableArray.Create(new IonView("figure-4", 2, "running", "Möving", At)));

        await _eco.RunAsync("ion", "list", "--format", "json");

        JsonElement ion = JsonDocument.Parse(_eco.Out).RootElement[0];
        Assert.That(ion.EnumerateObject().Select(field => field.Name), Is.EqualTo(new[] { "id", "version", "state", "title", "changedAt" }));
        Assert.That(_eco.Out, Does.Contain("Möving"));
    }

    [Test]
    public async Task IonShow_WhenThereIsDetail_PrintsItsSections()
    {
        Answer(new IonDetailView(
            new IonView("figure-4", 2, "running", "Moving clusters", At),
            "ion {}",
            MergedRounds: 41,
            [new InstanceView("figure-4", "edge", "edge-1", "failed", "no such file", At)],
            [new RoundView("figure-4", "merge", 7, "merged", 3, 2, Hash, At)],
            [],
            [new StatisticView("figure-4", "edge", "edge-1", "error.centre-error", 0.123456789, At)]));

        await _eco.RunAsync("ion", "show", "figure-4");

        Assert.That(_eco.Out, Is.EqualTo(
            """
            figure-4 version 2 running since 2026-03-01 12:00:00.250Z
            Moving clusters

            ION       NODE  AGENT   STATE   SINCE                     DETAIL
            figure-4  edge  edge-1  failed  2026-03-01 12:00:00.250Z  no such file

            rounds, 41 merged
            NODE   ROUND  STATE   RECEIVED  RESULT        SINCE
            merge  7      merged  2 of 3    aaaa11112222  2026-03-01 12:00:00.250Z

            statistics
            NODE  AGENT   STATISTIC           VALUE     AT
            edge  edge-1  error.centre-error  0.123457  2026-03-01 12:00:00.250Z

            """));
    }

    [Test]
    public async Task WhoHas_WhenAModelIsInUse_TellsWhereSinceWhenAndWhy()
    {
        Answer(new WhoHasView(
            new ModelView("figure-4", "merge.model", 3, Hash, "kmeans/1", "approved", 2048, At),
            [new HolderView("figure-4", "edge", "edge-1", 3, At, null), new HolderView("figure-4", "edge", "edge-2", 3, At, At)],
            [Hash],
            [new ApprovalView("figure-4", "merge.model", 3, "approve", "eve", "looks good", At)]));

        await _eco.RunAsync("who-has", "aaaa");

        Assert.That(_eco.Out, Is.EqualTo(
            $"""
            figure-4/merge.model@3  approved  kmeans/1  2.0 KiB  made 2026-03-01 12:00:00.250Z
            hash {Hash}
            made from aaaa11112222
            approve by eve at 2026-03-01 12:00:00.250Z: looks good
            AGENT   NODE           SINCE                     UNTIL
            edge-1  figure-4/edge  2026-03-01 12:00:00.250Z  now
            edge-2  figure-4/edge  2026-03-01 12:00:00.250Z  2026-03-01 12:00:00.250Z

            """));
    }

    [Test]
    public async Task Parked_WhenMessagesAreParked_ListsShowsAndSettlesThem()
    {
        var message = new ParkedView("0123456789ab", "ion/i", "proxy/e", 7, "report.life/1", 3, "IOException: no", 12, At);
        Answer(ImmutableArray.Create(message));
        await _eco.RunAsync("parked", "list", "--receiver", "ion/i");
        Assert.That(_eco.Out, Is.EqualTo(
            """
            ID            RECEIVER  SENDER   NUMBER  MESSAGE        ATTEMPTS  PARKED                    REASON
            0123456789ab  ion/i     proxy/e  7       report.life/1  3         2026-03-01 12:00:00.250Z  IOException: no

            """));
        Assert.That(_eco.Endpoint.Requests.Single().Arguments["receiver"], Is.EqualTo("ion/i"));

        Answer(new ParkedDetailView(message, "{\"a\":1}", "IOException: no\n   at X\n"));
        await _eco.RunAsync("parked", "show", "01");
        Assert.That(_eco.Out, Does.Contain("from proxy/e number 7 to ion/i").And.Contain("{\"a\":1}").And.Contain("at X"));

        Answer(new ParkedSettledView("01", "dropped"));
        await _eco.RunAsync("parked", "drop", "01");
        Assert.That(_eco.Out, Does.Contain("01 dropped"));
        Assert.That(_eco.Endpoint.Requests.Select(request => request.Verb), Is.EqualTo(new[] { "parked.list", "parked.show", "parked.drop" }));
    }

    [Test]
    public async Task Timeline_WhenAnAgentSendsControlCharacters_TakesThemOut()
    {
        Answer(ImmutableArray.Create(new EventView(1, At, "1.0@s", "alert", "i", "n", "e", "\u001b[2Jgone\nnext line")));

        await _eco.RunAsync("timeline");

        Assert.That(_eco.Out, Does.Not.Contain("\u001b").And.Contains("\ufffd[2Jgone next line"));
    }

    [Test]
    public async Task Timeline_WhenOptionsAreGiven_PassesThemOn()
    {
        Answer(ImmutableArray<EventView>.Empty);

        await _eco.RunAsync("timeline", "--ion", "a", "--agent", "b", "--since", "2026-03-01T12:00:00Z", "--limit", "5");

        Assert.That(_eco.Endpoint.Requests.Single().Arguments, Is.EquivalentTo(new Dictionary<string, string>
        {
            ["ion"] = "a",
            ["agent"] = "b",
            ["since"] = "2026-03-01T12:00:00.0000000+00:00",
            ["limit"] = "5",
        }));
    }

    [Test]
    public async Task Agents_WhenTheyHaveLabels_PrintsThem()
    {
        Answer(ImmutableArray.Create(new AgentView(
            "edge-1", "plant", "edge", ImmutableSortedDictionary<string, string>.Empty.Add("line", "3"), ["online"], 1, Reachable: false, At, new AgentBufferView(3, 2_048, 5))));

        await _eco.RunAsync("agents");

        Assert.That(_eco.Out.Split('\n')[1], Is.EqualTo("edge-1  plant  edge  no         2026-03-01 12:00:00.250Z  2.0 KiB, 5 dropped  online   line=3"));
    }

    [Test]
    public async Task Approve_WhenRejected_SendsTheDecisionAndTheReason()
    {
        Answer(new ModelView("figure-4", "m", 3, Hash, "k", "rejected", 1, At));

        await _eco.RunAsync("approve", "figure-4", "m@3", "--reject", "--reason", "too old", "--by", "eve");

        Assert.That(_eco.Out, Is.EqualTo("figure-4/m@3 rejected\n"));
        Assert.That(_eco.Endpoint.Requests.Single().Arguments, Is.EquivalentTo(new Dictionary<string, string>
        {
            ["ion"] = "figure-4",
            ["model"] = "m",
            ["version"] = "3",
            ["decision"] = "reject",
            ["reason"] = "too old",
            ["by"] = "eve",
        }));
    }

    [Test]
    public async Task Submit_WhenAccepted_PrintsVersionAndChanges()
    {
        Answer(new SubmissionView("figure-4", 2, ["~ node edge: run: a -> b"], ["x.conf:1:2: careful"]));

        await _eco.RunAsync("ion", "submit", _eco.Write("x.conf", "ion {}"));

        Assert.That(_eco.Out, Is.EqualTo("figure-4 version 2\n  ~ node edge: run: a -> b\n"));
        Assert.That(_eco.Error, Is.EqualTo("x.conf:1:2: careful\n"));
    }

    [Test]
    public async Task Models_WhenTheAnswerCannotBeRead_SaysSo()
    {
        _eco.Endpoint.Answer = request => new ConsoleReply(request.Id, JsonDocument.Parse("{\"a\":1}").RootElement, null);

        Assert.That(await _eco.RunAsync("models"), Is.EqualTo(ExitCodes.Failure));
        Assert.That(_eco.ErrorLines[1], Does.Contain("version of eco"));
    }

    private void Answer<T>(T view) => _eco.Endpoint.Answer = request => ConsoleJson.Reply(request.Id, view);
}
