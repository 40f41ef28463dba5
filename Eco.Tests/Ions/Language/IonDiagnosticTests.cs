using Eco.Actors.Ions.Language;
using NUnit.Framework;

namespace Eco.Tests.Ions.Language;

/// <summary>Each case changes the valid sample in one place; the findings are compared to the letter.</summary>
public sealed class IonDiagnosticTests
{
    [TestCase("title =", "titel =", "f:3:3: error: ion.titel: unknown key (did you mean 'title'?)")]
    [TestCase("id = factory-kmeans", "id = Factory", "f:2:8: error: ion.id: 'Factory' is not an id (lower-case letters, digits, '.', '_' and '-', at most 64, beginning with a letter or digit)")]
    [TestCase("id = factory-kmeans", "", "f:1:5: error: ion: 'id' is missing (write id = NAME)")]
    [TestCase("engine = online\n      on { role = edge", "engine = onlin\n      on { role = edge", "f:6:16: error: ion.nodes.edge.engine: there is no engine 'onlin' (did you mean 'online'?)")]
    [TestCase("run { continuous {", "run { continous {", "f:8:13: error: ion.nodes.edge.run.continous: unknown key (did you mean 'continuous'?)")]
    [TestCase("run { continuous { every = 80ms } }", "run { continuous { every = 80ms }, event { signal = model } }", "f:8:11: error: ion.nodes.edge.run: it has continuous and event; a node runs in one way (write run { continuous { every = 100ms } }, run { schedule { every = 10s } } or run { event { signal = model } })")]
    [TestCase("every = 80ms", "every = 0", "f:8:34: error: ion.nodes.edge.run.continuous.every: is 0s (1ms to 366d)")]
    [TestCase("every = 80ms", "every = fast", "f:8:34: error: ion.nodes.edge.run.continuous.every: is 'fast', not a duration such as 10s")]
    [TestCase("continuous { every = 80ms }", "schedule { every = 1s, cron = \"* * * * *\" }", "f:8:22: error: ion.nodes.edge.run.schedule: it has both 'every' and 'cron' (write every = 10s or cron = \"*/5 * * * *\")")]
    [TestCase("continuous { every = 80ms }", "schedule { cron = \"* * * *\" }", "f:8:31: error: ion.nodes.edge.run.schedule.cron: has 4 fields, not 5, or 6 with seconds in front (five fields: minute hour day-of-month month day-of-week, such as \"*/5 * * * *\")")]
    [TestCase("continuous { every = 80ms }", "schedule { every = 1s, overlap = skp }", "f:8:46: error: ion.nodes.edge.run.schedule.overlap: is 'skp' (did you mean 'skip'?)")]
    [TestCase("on { role = edge, labels { line = 3 }, capabilities = [camera], limit = 3 }", "on { limit = 3 }", "f:7:10: error: ion.nodes.edge.on: the selector is empty: it would take every agent (give at least one of agents, site, role, labels, capabilities)")]
    [TestCase("capabilities = [camera]", "capabilities = camera", "f:7:61: error: ion.nodes.edge.on.capabilities: is a string, not a list")]
    [TestCase("type = train.kmeans", "type = train.kmean", "f:12:24: error: ion.nodes.edge.components.learn.type: the engine has no component type 'train.kmean' (did you mean 'train.kmeans'?)")]
    [TestCase("decay = 0.95", "decay = 1.5", "f:12:60: error: ion.nodes.edge.components.learn.decay: is 1.5, out of range (0.001 to 1: What old rows lose)")]
    [TestCase("decay = 0.95", "decay = much", "f:12:60: error: ion.nodes.edge.components.learn.decay: is 'much', not a number (What old rows lose)")]
    [TestCase("decay = 0.95", "decy = 0.95", "f:12:52: error: ion.nodes.edge.components.learn.decy: unknown key (did you mean 'decay'?)")]
    [TestCase("type = source.moving-clusters, clusters = 4, edge = \"label:edge\"", "type = source.csv", "f:10:9: error: ion.nodes.edge.components.source: the setting 'paths' is missing (Files to read)")]
    [TestCase("type = source.moving-clusters, clusters = 4, edge = \"label:edge\"", "type = source.csv, paths = a", "f:10:45: error: ion.nodes.edge.components.source.paths: is a string, not a list (write it in brackets: [a, b])")]
    [TestCase("from = scale, decay", "from = scal, decay", "f:12:45: error: ion.nodes.edge.components.learn.from: there is no component 'scal' (did you mean 'scale'?)")]
    [TestCase("from = scale, decay", "decay", "f:12:9: error: ion.nodes.edge.components.learn: nothing feeds the input 'rows' of 'learn' (train.kmeans) (write from { rows = source or scale })")]
    [TestCase("from { rows = scale, model = learn.prior }", "from { rows = learn.prior, model = learn }", "f:13:53: error: ion.nodes.edge.components.score.from.rows: 'learn.prior' gives model, and the input 'rows' takes rows (it gives model (model), prior (model), statistics (statistics))")]
    [TestCase("model = learn.prior", "model = learn.posterior", "f:13:68: error: ion.nodes.edge.components.score.from.model: 'learn' (train.kmeans) has no output 'posterior' (write learn.model, learn.prior)")]
    [TestCase("model = learn.prior", "modl = learn.prior", "f:13:60: error: ion.nodes.edge.components.score.from.modl: infer.anomaly has no such input (did you mean 'model'?)")]
    [TestCase("standardise, from = source", "standardise, from = scale", "f:11:9: error: ion.nodes.edge.components.scale: the components feed each other in a cycle: scale -> scale (cycles go over links between nodes, not within one)")]
    [TestCase("rounds { quorum = 2, deadline = 5s, late = discard }", "", "f:17:5: error: ion.nodes.merge: a node that merges models of others needs 'rounds' (write rounds { quorum = 2, deadline = 5s, late = fold }, or rounds {} for the defaults)")]
    [TestCase("quorum = 2", "quorum = 4", "f:21:25: error: ion.nodes.merge.rounds.quorum: is 4, but at most 3 agents send models to this node (0 for all, or 1 to 3)")]
    [TestCase("late = discard", "late = drop", "f:21:50: error: ion.nodes.merge.rounds.late: is 'drop' (known: fold, discard)")]
    [TestCase("approve { policy = approval }", "approve { policy = approve }", "f:24:24: error: ion.nodes.approve.policy: is 'approve' (did you mean 'approval'?)")]
    [TestCase("node = edge,", "node = egde,", "f:25:41: error: ion.nodes.gate.gate.node: there is no node 'egde' (did you mean 'edge'?)")]
    [TestCase("statistic = learn.loss", "statistic = lern.loss", "f:25:59: error: ion.nodes.gate.gate.statistic: 'lern.loss' names no component of 'edge' (write COMPONENT.METRIC; did you mean 'learn'?)")]
    [TestCase("at-most = 1.5", "at-mots = 1.5", "f:25:71: error: ion.nodes.gate.gate.at-mots: unknown key (did you mean 'at-most'?)")]
    [TestCase("from = edge.learn", "from = egde.learn", "f:28:14: error: ion.links[0].from: there is no node 'egde' (did you mean 'edge'?)")]
    [TestCase("from = edge.learn", "from = edge.scale", "f:28:14: error: ion.links[0].from: 'edge.scale' emits no model (write edge.learn)")]
    [TestCase("to = merge.combine", "to = merge.comine", "f:28:31: error: ion.links[0].to: the node 'merge' has no component 'comine' (did you mean 'combine'?)")]
    [TestCase("to = approve, signal = model", "to = approve, signal = event", "f:29:26: error: ion.links[1].to: the policy 'approve' decides about models, not about event (write signal = model)")]
    [TestCase("to = approve, signal = model", "to = approve.x, signal = model", "f:29:26: error: ion.links[1].to: 'approve' is a policy and has no component 'x' (write to = approve)")]
    [TestCase("consistency = weak", "consistency = eventally", "f:28:76: error: ion.links[0].consistency: is 'eventally' (did you mean 'eventual'?)")]
    [TestCase("score { type = infer.anomaly, from { rows = scale, model = learn.prior } }", "score { type = infer.anomaly, from = scale }", "f:31:25: error: ion.links[3].to: 'edge' is ambiguous: several of its components take model (write edge.learn or edge.score)")]
    [TestCase("{ from = merge, to = approve, signal = model }", "{ from = edge.learn, to = merge.combine, signal = model }", "f:29:5: error: ion.links[1]: there is already a link edge.learn -> merge.combine for model (remove one of them)")]
    [TestCase("run { continuous { every = 80ms } }", "run { event { signal = model } }", "f:5:5: error: ion.nodes.edge: these nodes wait for each other and never start: edge -> merge -> approve -> gate -> edge (let one of them run continuously or on a schedule)")]
    [TestCase("run { event { signal = model } }", "run { event { signal = alert } }", "f:20:30: error: ion.nodes.merge.run.event.signal: 'merge' runs on each alert, and none is linked to it: it never starts (add a link { from = ..., to = merge, signal = alert })")]
    [TestCase("title = \"Federated k-means\"", "title = \"a\\u001b[2J\"", "f:3:11: error: ion.title: holds a control character, such as a line end (write it on one line)")]
    [TestCase("min-backoff = 2s", "min-backoff = 2m", "f:15:50: error: ion.nodes.edge.relaunch.max-backoff: is 1m, less than min-backoff (at least 2m)")]
    public void Parse_WhenOneThingIsWrong_SaysWhatWhereAndWhatWouldBeRight(string right, string wrong, string finding)
    {
        Assert.That(Samples.Federated, Does.Contain(right));
        int at = Samples.Federated.IndexOf(right, StringComparison.Ordinal);
        string text = string.Concat(Samples.Federated.AsSpan(0, at), wrong, Samples.Federated.AsSpan(at + right.Length));

        var result = IonParser.Parse(text, "f", Catalogue.Engines);

        Assert.That(result.Diagnostics.Select(d => d.ToString()), Does.Contain(finding));
        Assert.That(result.Definition, Is.Null);
        Assert.That(result.Diagnostics, Has.Length.LessThanOrEqualTo(4), "one mistake must not look like many");
    }

    [Test]
    public void Parse_WhenManyThingsAreWrong_ReportsAllInTheOrderOfTheText()
    {
        string text = Samples.Federated
            .Replace("decay = 0.95", "decay = 2", StringComparison.Ordinal)
            .Replace("deadline = 5s", "deadline = 5 parsecs", StringComparison.Ordinal)
            .Replace("policy = approval", "policy = aproval", StringComparison.Ordinal)
            .Replace("to = gate, signal = model", "to = gate, signal = modl", StringComparison.Ordinal);

        var result = IonParser.Parse(text, "f", Catalogue.Engines);

        Assert.That(result.Diagnostics.Select(d => d.Line), Is.EqualTo([12, 21, 24, 30]));
    }

    [TestCase("")]
    [TestCase("ion = 5")]
    [TestCase("ion { }")]
    [TestCase("[1]")]
    [TestCase("ion { id = a, nodes = [] }")]
    [TestCase("ion { id = a, nodes { x = 1 } }")]
    [TestCase("ion { id = a, nodes { x { } }, links = 7 }")]
    [TestCase("ion { id = a, nodes { x { policy = gate } }, links = [ 1, {} ] }")]
    public void Parse_WhenLittleIsThere_ReportsErrors(string text)
    {
        var result = IonParser.Parse(text, "f", Catalogue.Engines);

        Assert.That(result.Definition, Is.Null);
        Assert.That(result.Diagnostics, Is.Not.Empty);
    }

    [Test]
    public void Parse_WhenTooManyParts_NamesTheLimits()
    {
        string nodes = string.Join('\n', Enumerable.Range(0, 300).Select(i => $"n{i} {{ policy = approval }}"));
        string links = string.Join('\n', Enumerable.Range(0, 1100).Select(i => $"{{ from = n{i % 200}, to = n{i % 199}, signal = model }}"));

        var result = IonParser.Parse($"ion {{ id = a\nnodes {{\n{nodes}\n}}\nlinks = [\n{links}\n] }}", "f", Catalogue.Engines);

        Assert.That(result.Diagnostics.Select(d => d.Hint), Does.Contain("at most 256").And.Contain("at most 1024"));
    }

    [Test]
    public void Parse_WhenPolicyIsNotLinked_Warns()
    {
        var result = IonParser.Parse(Samples.Federated.Replace("gate { policy", "late { policy = approval }\n gate { policy", StringComparison.Ordinal), "f", Catalogue.Engines);

        Assert.That(result.Diagnostics.Single().ToString(), Does.Contain("warning: ion.nodes.late: no model reaches the policy 'late'"));
        Assert.That(result.Definition, Is.Not.Null);
    }
}
